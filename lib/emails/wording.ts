import { type Shades, shadesOf } from '@/lib/branding/shades';
import { showWait } from '@/lib/language/durations';
import { usableZone } from '@/lib/language/time-zones';
import { translator } from '@/lib/language/translator';
import { hasLink, oneLine } from '@/lib/text';
import type { Mail, Reader, Sender } from './mails';

/** A mail in words, before it has a shape: both bodies are drawn from this. */
export type Wording = {
  lang: 'en' | 'fr';
  subject: string;
  tenantName: string;
  logo: { url: string; width: number; height: number } | null;
  shades: Shades | null;
  greeting: string;
  paragraphs: string[];
  secret?: string;
  action?: { label: string; url: string; plainLinkIntro: string };
  closing: string;
  /** Where the tenant's users find help. */
  support: string | null;
  footer: string;
};

/** Returns the text of an email in the reader's language and time zone, not escaped. */
export function wordMail(mail: Mail, reader: Reader, tenant: Sender): Wording {
  const t = translator(reader.locale, 'mail');
  const { brand } = tenant;
  const tenantName = oneLine(brand?.name ?? tenant.name, 80);
  // Nobody has confirmed these addresses: a stranger must not be greeted in words that a user
  // chose.
  const isNamed = !UNCONFIRMED.has(mail.kind) && !hasLink(reader.firstName);
  const firstName = isNamed ? oneLine(reader.firstName, 60) : '';
  const values = { ...valuesOf(mail, reader), tenant: tenantName };
  return {
    lang: reader.locale,
    subject: t(`${mail.kind}.subject`, values),
    tenantName,
    logo: logoOf(brand),
    shades: brand?.colour ? shadesOf(brand.colour) : null,
    greeting: firstName ? t('greeting', { firstName }) : t('greetingWithoutName'),
    paragraphs: [t(`${mail.kind}.what`, values), t(`${mail.kind}.then`, values)].filter(Boolean),
    secret: mail.kind === 'temporary-password' ? mail.password : undefined,
    action:
      'url' in mail ? { label: t(`action.${mail.kind}`), url: mail.url, plainLinkIntro: t('plainLink') } : undefined,
    closing: t(`closing.${closingOf(mail.kind)}`, { tenant: tenantName }),
    support: brand?.support ? t('support', { contact: oneLine(brand.support, 200) }) : null,
    footer: t('footer', { tenant: tenantName }),
  };
}

/** As high as two lines of words, as wide as it then is. */
function logoOf(brand: Sender['brand']) {
  if (!brand?.logo || !brand.logoUrl) return null;
  const { width, height } = brand.logo;
  const shrunk = Math.min(1, 48 / height, 240 / width);
  return { url: brand.logoUrl, width: Math.round(width * shrunk), height: Math.round(height * shrunk) };
}

/** Mails to an address that has not been confirmed yet. */
const UNCONFIRMED = new Set<Mail['kind']>(['email-confirm', 'invitation']);

const ASKED_FOR = new Set<Mail['kind']>([
  'reset-link',
  'reset-temporary-link',
  'administrator-reset',
  'email-confirm',
  'invitation',
]);

function closingOf(kind: Mail['kind']) {
  if (kind === 'sso-expiry' || kind === 'sso-certificate') return 'administrator';
  return ASKED_FOR.has(kind) ? 'notAsked' : 'notYou';
}

/** What the sentences of this mail need; the secret and the link never stand inside a sentence. */
function valuesOf(mail: Mail, reader: Reader) {
  return {
    at: 'at' in mail ? momentIn(mail.at, reader) : '',
    address: 'address' in mail ? oneLine(mail.address, 60) : '',
    browser: 'browser' in mail ? oneLine(mail.browser, 60) : '',
    byName: 'byName' in mail ? oneLine(mail.byName, 80) : '',
    left: 'left' in mail ? mail.left : 0,
    hours: 'hours' in mail ? mail.hours : 0,
    minutes: 'minutes' in mail ? mail.minutes : 0,
    wait: 'minutes' in mail ? showWait(mail.minutes, reader.locale) : '',
    what: 'what' in mail ? mail.what : '',
    label: 'label' in mail ? oneLine(mail.label, 60) : '',
    days: 'days' in mail ? mail.days : 0,
  };
}

function momentIn(at: string, reader: Reader) {
  const instant = new Date(at);
  const shape = { dateStyle: 'long', timeStyle: 'long', timeZone: usableZone(reader.timeZone) } as const;
  return new Intl.DateTimeFormat(`${reader.locale}-CA`, shape).format(instant);
}
