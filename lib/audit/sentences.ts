import { ENTITLEMENTS } from '@/db/schema/tenants';
import { changesIn } from '@/lib/audit/changes';
import { AUDIT_EVENTS } from '@/lib/audit/events';
import type { ListedEvent } from '@/lib/audit/list';
import type { Names } from '@/lib/audit/names';

export type Say = (key: string, values?: Record<string, string | number>) => string;

/** Fields and values that the reader knows by another word than the trail. */
const FIELDS = [
  'firstName',
  'lastName',
  'username',
  'extension',
  'email',
  'locale',
  'timeZone',
  'role',
  'status',
  'emergency',
  'secondFactorRequired',
  'secondFactor',
  'secondFactorFrom',
  'rememberDevices',
  'resetStyle',
  'ssoSecondFactor',
  'passwordMinLength',
  'passwordHistory',
  'lockTries',
  'lockMinutes',
  'networks',
  'idleMinutes',
  'absoluteMinutes',
  'callGraceMinutes',
  'nameEn',
  'nameFr',
  'supportEn',
  'supportFr',
  'noteEn',
  'noteFr',
  'colour',
  'domain',
  'socket',
  'iceServers',
  'way',
  'country',
  'otherDomains',
  'wrapUpSeconds',
  'name',
  'userLimit',
  'entitlements',
  'pendingDomain',
  'label',
  'issuer',
  'createUsers',
  'createRole',
  'secretExpiresAt',
  'emailDomains',
  'clientId',
  'scopes',
  'tokenAuth',
  'entraTenant',
  'logout',
  'metadataUrl',
  'signOnUrl',
  'signOnBinding',
  'logoutUrl',
  'logoutBinding',
  'logoutResponseUrl',
  'certificates',
  'ourCertificate',
  'responseSigned',
  'emailAttribute',
  'idpInitiated',
  'position',
  'enabled',
  'state',
] as const;
const VALUES = [
  'true',
  'false',
  'agent',
  'administrator',
  'active',
  'disabled',
  'suspended',
  'draft',
  'tested',
  'beside',
  'instead',
] as const;

/** What every sentence may ask for; an event says some of it. */
const UNTOLD = {
  by: 'none',
  reason: 'none',
  factor: 'none',
  style: 'none',
  role: 'none',
  emergency: 'none',
  what: 'none',
  way: 'none',
  required: 'none',
  replaced: 'none',
  untested: 'none',
  file: '',
  created: 0,
  state: 'none',
  name: '',
  changed: 0,
  same: 0,
  refused: 0,
  code: '',
  format: '',
  before: '',
  count: 0,
  ended: 0,
  left: 0,
  removed: 0,
  through: 0,
};

/** Returns an event as a sentence, by `say` of the namespace `audit`. */
export function sentenceOf(event: ListedEvent, names: Names, say: Say) {
  const known = AUDIT_EVENTS.some((name) => name === event.event);
  const details = Object.entries(event.detail).filter(([, value]) => value !== null);
  const shownDetails = Object.fromEntries(
    // A word that a sentence chooses by has no hyphen there.
    details.map(([key, value]) => [key, typeof value === 'number' ? value : String(value).replaceAll('-', '_')]),
  );
  const values = {
    ...UNTOLD,
    ...shownDetails,
    actor: actorOf(event, names, say),
    subject: event.subjectId ? (names.get(event.subjectId) ?? say('someone.gone')) : say('someone.unknown'),
    self: event.actorId !== null && event.actorId === event.subjectId ? 'yes' : 'no',
    known: event.subjectId ? 'yes' : 'no',
    event: event.event,
    code: String(event.detail.code ?? ''),
    name: nameOf(event, say),
    file: String(event.detail.file ?? ''),
    connection:
      names.get(String(event.detail.connection)) ?? (String(event.detail.name ?? '') || say('someone.connection')),
  };
  const words = say(known ? `events.${event.event}` : 'unknownEvent', values);
  const sentence = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return [sentence, ...changesIn(event.detail).map((change) => sentenceOfChange(change, say))].join(' ');
}

function sentenceOfChange({ name, old, now }: ReturnType<typeof changesIn>[number], say: Say) {
  const field = FIELDS.some((known) => known === name) ? say(`field.${name}`) : name;
  return say('change', { field, old: wordOf(old, say), now: wordOf(now, say) });
}

/** Returns a value in the reader's language; free text is in quotation marks. */
function wordOf(value: string | number | boolean | null, say: Say) {
  if (value === null) return say('value.nothing');
  if (typeof value === 'number') return String(value);
  const known = VALUES.find((word) => word === String(value));
  return known ? say(`value.${known}`) : say('quoted', { value: String(value) });
}

/** What is switched on, in the reader's words; any other name as it was. */
function nameOf({ detail }: ListedEvent, say: Say) {
  const name = String(detail.name ?? '');
  if (detail.what !== 'entitlements') return name;
  const known = (one: string) => ENTITLEMENTS.some((entitlement) => entitlement === one);
  return name
    .split(', ')
    .map((one) => (known(one) ? say(`entitlement.${one}`) : one))
    .join(', ');
}

/**
 * Returns the actor: a user, the command line, the provider, a signed-out visitor or the system.
 */
function actorOf({ actorId, address, detail }: ListedEvent, names: Names, say: Say) {
  if (!actorId && detail.operator) return say('someone.provider');
  if (actorId) return names.get(actorId) ?? say('someone.gone');
  if (address === 'command line') return say('someone.commandLine');
  return say(address === 'system' ? 'someone.system' : 'someone.visitor');
}
