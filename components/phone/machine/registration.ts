import { askAgainIn, backoff } from './backoff';
import { ask, type Chance, connect, connecting, join, nothing, said, sleep, wantsToBeReady, whyOf } from './plan';
import { sessionOver } from './presence';
import { type Effect, type Happening, isCalling, liveCalls, type Phone, type Step } from './state';

/** From credentials to a registration, and back to one after whatever happens on the way. Pure. */

type Of<Type extends Happening['type']> = Extract<Happening, { type: Type }>;

/** Asks for new credentials this long before the old ones end. */
const RENEW_BEFORE_MS = 90_000;

const LEAST_RENEWAL_MS = 15_000;

/** Refused credentials are not tried again at once: somebody must first mend something. */
const AFTER_REFUSAL_MS = 30_000;

export function credentials(phone: Phone, { account, sameSocket }: Of<'credentials'>, { now }: Chance): Step {
  if (!phone.isHere) return nothing(phone);
  const was = phone.account;
  if (was && (was.extension !== account.extension || was.domain !== account.domain)) return otherPerson(phone);
  const next: Phone = { ...phone, account, session: 'live', why: null, attempt: 0 };
  const left = account.expiresAt - now;
  const renew: Effect[] = [
    { do: 'forget', name: 'ask' },
    { do: 'after', name: 'renew', ms: Math.max(LEAST_RENEWAL_MS, left - RENEW_BEFORE_MS) },
  ];
  if (phone.registration.is === 'no-microphone') return { phone: next, effects: renew };
  if (phone.socket === 'open' && sameSocket) {
    const registration: Phone['registration'] =
      phone.registration.is === 'ready' ? phone.registration : { is: 'connecting', why: 'registering' };
    return { phone: { ...next, registration }, effects: [...renew, { do: 'register' }] };
  }
  return join(connect(next, 'first'), renew);
}

/** The person who signed in again is another one: who is on the line stays on it, and then this page begins anew. */
function otherPerson(phone: Phone): Step {
  const next: Phone = { ...phone, session: 'live', why: null };
  const step = sleep(next, { is: 'not-allowed', why: 'other-person' });
  return isCalling(phone) ? step : join(step, [{ do: 'reload' }]);
}

export function credentialsRefused(phone: Phone, { error, why }: Of<'credentials-refused'>): Step {
  if (error === 'signed-out') return sessionOver(phone, { type: 'session-over', why });
  if (error === 'no-phone' && phone.session === 'over') return otherPerson(phone);
  return sleep(phone, { is: 'not-allowed', why: error });
}

/** The portal is away or wants less of us. What is still good is used on. */
export function credentialsLater(phone: Phone, _: Of<'credentials-later'>, { now, random }: Chance): Step {
  if (!phone.isHere) return nothing(phone);
  const again: Effect = { do: 'after', name: 'ask', ms: askAgainIn(phone.attempt, random) };
  const next = { ...phone, attempt: phone.attempt + 1 };
  if (phone.account && phone.account.expiresAt > now) {
    if (phone.socket === 'open') return { phone: next, effects: [again, { do: 'register' }] };
    if (phone.socket === 'closed') return join(connect(next, 'server-away'), [again]);
  }
  return { phone: { ...next, registration: connecting(next, 'portal-away') }, effects: [again] };
}

export function socketOpen(phone: Phone): Step {
  const open: Phone = { ...phone, socket: 'open' };
  const effects: Effect[] = [{ do: 'forget', name: 'give-up' }];
  if (!wantsToBeReady(phone)) return { phone: open, effects };
  return {
    phone: { ...open, registration: { is: 'connecting', why: 'registering' } },
    effects: [...effects, { do: 'register' }],
  };
}

export function socketClosed(phone: Phone, _: Of<'socket-closed'>, { random }: Chance): Step {
  if (phone.socket === 'closed') return nothing(phone);
  const closed: Phone = { ...phone, socket: 'closed' };
  const effects: Effect[] = [{ do: 'forget', name: 'give-up' }];
  if (!wantsToBeReady(phone) && !isCalling(phone)) return { phone: closed, effects };
  return {
    phone: { ...closed, attempt: phone.attempt + 1, registration: said(phone, 'server-away') },
    effects: [...effects, { do: 'after', name: 'connect', ms: backoff(phone.attempt, random) }],
  };
}

/** The media of a call that suffered is mended over the new registration. */
export function registered(phone: Phone): Step {
  if (!wantsToBeReady(phone)) return nothing(phone);
  const next: Phone = { ...phone, registration: { is: 'ready' }, attempt: 0, refusals: 0 };
  const mend = liveCalls(phone).filter(({ phase, media }) => phase === 'running' && media === 'interrupted');
  return { phone: next, effects: mend.map(({ id }): Effect => ({ do: 'restart-media', id })) };
}

/** Credentials may just have ended: once, new ones are tried at once. */
export function registrationFailed(phone: Phone, { status }: Of<'registration-failed'>, { random }: Chance): Step {
  if (!wantsToBeReady(phone)) return nothing(phone);
  if (status === 401 || status === 403 || status === 407 || status === 404) {
    const next = { ...phone, refusals: phone.refusals + 1 };
    if (phone.refusals === 0) return ask(next, 'renewing');
    return {
      phone: { ...next, registration: { is: 'not-allowed', why: 'refused' } },
      effects: [{ do: 'after', name: 'ask', ms: AFTER_REFUSAL_MS }],
    };
  }
  // Nothing came back, or not from a registrar: whatever is at the other end of this socket, a new one may be better.
  return {
    phone: {
      ...phone,
      socket: 'closed',
      attempt: phone.attempt + 1,
      registration: connecting(phone, status === null ? 'server-away' : 'server-trouble'),
    },
    effects: [{ do: 'drop-socket' }, { do: 'after', name: 'connect', ms: backoff(phone.attempt, random) }],
  };
}

export function expiring(phone: Phone): Step {
  return { phone, effects: [{ do: 'ask-credentials' }] };
}

/** A network that has changed, or a laptop that has slept: the old socket may look open and lead nowhere. */
export function anew(why: 'online' | 'woke') {
  return (phone: Phone, _: Happening, { now }: Chance): Step => {
    const next: Phone = { ...phone, online: true, attempt: 0, socket: 'closed' };
    if (!wantsToBeReady(phone)) return nothing({ ...phone, online: true });
    const stale = !phone.account || phone.account.expiresAt <= now;
    const reason = why === 'woke' ? 'woke' : 'server-away';
    return join(stale ? ask(next, reason) : connect(next, reason), [{ do: 'drop-socket' }], 'before');
  };
}

export function offline(phone: Phone, _: Happening, { random }: Chance): Step {
  const next: Phone = { ...phone, online: false };
  if (!wantsToBeReady(phone)) return nothing(next);
  return {
    phone: { ...next, socket: 'closed', registration: { is: 'connecting', why: 'offline' } },
    effects: [{ do: 'drop-socket' }, { do: 'after', name: 'connect', ms: backoff(3, random) }],
  };
}

export function tryToConnect(phone: Phone, chance: Chance): Step {
  if (phone.socket !== 'closed') return nothing(phone);
  // Whoever is on the line can still hang up properly, also where nobody is to be reached here any more.
  if (!wantsToBeReady(phone)) return isCalling(phone) ? connect(phone, 'server-away') : nothing(phone);
  if (!phone.account || phone.account.expiresAt <= chance.now) return ask(phone, whyOf(phone));
  return connect(phone, whyOf(phone));
}

export function giveUpAttempt(phone: Phone, chance: Chance): Step {
  if (phone.socket !== 'opening') return nothing(phone);
  return join(socketClosed(phone, { type: 'socket-closed' }, chance), [{ do: 'drop-socket' }], 'before');
}

/** The person presses Try again, or it is time to. */
export function askAgain(phone: Phone): Step {
  // Whoever has just signed in again waits for the portal's answer.
  if (!phone.isHere || (phone.session === 'over' && phone.registration.is !== 'connecting')) return nothing(phone);
  if (phone.registration.is === 'no-microphone') return { phone, effects: [{ do: 'look-at-microphone' }] };
  if (phone.registration.is === 'ready') return { phone, effects: [{ do: 'ask-credentials' }] };
  const { registration } = phone;
  return ask({ ...phone, refusals: 0 }, registration.is === 'connecting' ? registration.why : 'first');
}
