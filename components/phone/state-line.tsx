'use client';

import type { Phone, Registration } from '@/components/phone/machine/state';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Tone } from '@/components/ui/tone';
import { livingEngine } from './place';
import { openSignIn } from './sign-in-again';
import { tellPhone, usePhone, useSoundBlocked } from './use-phone';
import { fill, type PhoneWords } from './words';

type StateName = Exclude<keyof PhoneWords['state'], 'label'>;

const CONNECTING: Record<Extract<Registration, { is: 'connecting' }>['why'], StateName> = {
  first: 'first',
  registering: 'registering',
  renewing: 'renewing',
  'server-away': 'serverAway',
  'server-trouble': 'serverTrouble',
  offline: 'offline',
  'portal-away': 'portalAway',
  woke: 'woke',
};

const NOT_ALLOWED: Record<Extract<Registration, { is: 'not-allowed' }>['why'], StateName> = {
  refused: 'refused',
  'no-phone': 'noPhone',
  'other-person': 'otherPerson',
  'old-page': 'oldPage',
};

/** How the phone is, always in words, and what the person can do about it. */
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

function Remedy({ phone, words }: { phone: Phone; words: PhoneWords }) {
  const { registration, microphone } = phone;
  const again = <Button onClick={() => tellPhone({ type: 'retry' })}>{words.tryAgain}</Button>;
  if (registration.is === 'elsewhere') {
    if (registration.busy || registration.asked) return null;
    return (
      <div className="row">{<Button onClick={() => tellPhone({ type: 'take-over' })}>{words.takeOver}</Button>}</div>
    );
  }
  if (registration.is === 'no-microphone') {
    if (registration.why === 'unsupported') return null;
    return (
      <>
        {registration.why === 'blocked' ? <p>{words[howTo()]}</p> : null}
        <div className="row">{again}</div>
      </>
    );
  }
  if (registration.is === 'not-allowed') {
    if (registration.why === 'other-person') return null;
    if (registration.why !== 'old-page') return <div className="row">{again}</div>;
    return (
      <div className="row">
        <Button onClick={() => location.reload()}>{words.reload}</Button>
      </div>
    );
  }
  if (registration.is === 'signed-out' && phone.session === 'over') {
    return (
      <div className="row">
        <Button onClick={openSignIn}>{words.signInAgain}</Button>
      </div>
    );
  }
  if (registration.is === 'ready' && microphone === 'prompt') {
    return (
      <>
        <p className="muted text-sm">{words.allowBefore}</p>
        <div className="row">
          <Button small onClick={() => void livingEngine()?.allowMicrophone()}>
            {words.allowMicrophone}
          </Button>
        </div>
      </>
    );
  }
  return null;
}

function nameOf(registration: Registration): StateName {
  switch (registration.is) {
    case 'connecting':
      return CONNECTING[registration.why];
    case 'not-allowed':
      return NOT_ALLOWED[registration.why];
    case 'no-microphone':
      return registration.why;
    case 'elsewhere':
      if (registration.busy) return 'elsewhereBusy';
      return registration.asked ? 'elsewhereAsked' : 'elsewhere';
    case 'signed-out':
      return 'signedOut';
    default:
      return registration.is;
  }
}

function toneOf({ is }: Registration): Tone | 'neutral' {
  if (is === 'ready') return 'success';
  if (is === 'not-allowed' || is === 'no-microphone' || is === 'signed-out') return 'danger';
  return is === 'connecting' ? 'warning' : 'neutral';
}

function howTo() {
  const agent = typeof navigator === 'undefined' ? '' : navigator.userAgent;
  if (/Firefox\//.test(agent)) return 'howFirefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'howChrome';
  return /Safari\//.test(agent) ? 'howSafari' : 'howOther';
}
