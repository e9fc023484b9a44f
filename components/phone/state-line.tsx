'use client';

import type { PhoneState, RegistrationState } from '@/components/phone/machine/state';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Tone } from '@/components/ui/tone';
import { runningEngine } from './place';
import { openSignIn } from './sign-in-again';
import { dispatchToPhone, usePhone, useSoundBlocked } from './use-phone';
import { fill, type PhoneWords } from './words';

type StateName = Exclude<keyof PhoneWords['state'], 'label'>;

const CONNECTING: Record<Extract<RegistrationState, { state: 'connecting' }>['why'], StateName> = {
  first: 'first',
  registering: 'registering',
  renewing: 'renewing',
  'server-unreachable': 'serverAway',
  'server-error': 'serverTrouble',
  offline: 'offline',
  'portal-unreachable': 'portalAway',
  wake: 'woke',
};

const NOT_ALLOWED: Record<Extract<RegistrationState, { state: 'not-allowed' }>['why'], StateName> = {
  refused: 'refused',
  'no-phone': 'noPhone',
  'other-user': 'otherPerson',
  'old-page': 'oldPage',
};

/** The state of the phone in words, and what the user can do about it. */
export function StateLine({ words }: { words: PhoneWords }) {
  const phone = usePhone();
  const isSoundBlocked = useSoundBlocked();
  const { short, long } = words.state[nameOf(phone.registration)];
  return (
    <section className="card stack-tight">
      <div role="status" aria-label={words.state.label} className="phone-state">
        <Badge tone={toneOf(phone.registration)}>{short}</Badge>
        <p>{fill(long, { extension: phone.account?.extension ?? '' })}</p>
      </div>
      <Remedy phone={phone} words={words} />
      {isSoundBlocked ? <p className="muted text-sm">{words.clickForSound}</p> : null}
    </section>
  );
}

function Remedy({ phone, words }: { phone: PhoneState; words: PhoneWords }) {
  const { registration, microphone } = phone;
  const retryButton = <Button onClick={() => dispatchToPhone({ type: 'retry' })}>{words.tryAgain}</Button>;
  if (registration.state === 'elsewhere') {
    if (registration.busy || registration.requested) return null;
    return (
      <div className="row">
        <Button onClick={() => dispatchToPhone({ type: 'take-over' })}>{words.takeOver}</Button>
      </div>
    );
  }
  if (registration.state === 'no-microphone') {
    if (registration.why === 'unsupported') return null;
    return (
      <>
        {registration.why === 'blocked' ? <p>{words[permissionHelpKey()]}</p> : null}
        <div className="row">{retryButton}</div>
      </>
    );
  }
  if (registration.state === 'not-allowed') {
    if (registration.why === 'other-user') return null;
    if (registration.why !== 'old-page') return <div className="row">{retryButton}</div>;
    return (
      <div className="row">
        <Button onClick={() => location.reload()}>{words.reload}</Button>
      </div>
    );
  }
  if (registration.state === 'signed-out' && phone.session === 'ended') {
    return (
      <div className="row">
        <Button onClick={openSignIn}>{words.signInAgain}</Button>
      </div>
    );
  }
  if (registration.state === 'ready' && microphone === 'prompt') {
    return (
      <>
        <p className="muted text-sm">{words.allowBefore}</p>
        <div className="row">
          <Button small onClick={() => void runningEngine()?.allowMicrophone()}>
            {words.allowMicrophone}
          </Button>
        </div>
      </>
    );
  }
  return null;
}

function nameOf(registration: RegistrationState): StateName {
  switch (registration.state) {
    case 'connecting':
      return CONNECTING[registration.why];
    case 'not-allowed':
      return NOT_ALLOWED[registration.why];
    case 'no-microphone':
      return registration.why;
    case 'elsewhere':
      if (registration.busy) return 'elsewhereBusy';
      return registration.requested ? 'elsewhereAsked' : 'elsewhere';
    case 'signed-out':
      return 'signedOut';
    default:
      return registration.state;
  }
}

function toneOf({ state }: RegistrationState): Tone | 'neutral' {
  if (state === 'ready') return 'success';
  if (state === 'not-allowed' || state === 'no-microphone' || state === 'signed-out') return 'danger';
  return state === 'connecting' ? 'warning' : 'neutral';
}

function permissionHelpKey() {
  const agent = typeof navigator === 'undefined' ? '' : navigator.userAgent;
  if (/Firefox\//.test(agent)) return 'howFirefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'howChrome';
  return /Safari\//.test(agent) ? 'howSafari' : 'howOther';
}
