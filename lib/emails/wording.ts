import { createTranslator } from 'use-intl/core';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import type { Mail, Reader } from './mails';
import { oneLine } from './one-line';

/** A mail in words, before it has a shape: both bodies are drawn from this. */
export type Wording = {
  lang: 'en' | 'fr';
  subject: string;
  tenantName: string;
  greeting: string;
  paragraphs: string[];
  secret?: string;
  action?: { label: string; url: string; plainLinkIntro: string };
  closing: string;
  footer: string;
};

/** Promises the words of a mail in the reader's language, dates in the reader's time zone; nothing in it is escaped yet. */
export function wordMail(mail: Mail, reader: Reader, tenant: { name: string }): Wording {
  const t = createTranslator({ locale: reader.locale, messages: { en, fr }[reader.locale], namespace: 'mail' });
  const tenantName = oneLine(tenant.name, 80);
  const firstName = oneLine(reader.firstName, 60);
  const values = { ...valuesOf(mail, reader), tenant: tenantName };
  return {
    lang: reader.locale,
    subject: t(`${mail.kind}.subject`, values),
    tenantName,
    greeting: firstName ? t('greeting', { firstName }) : t('greetingWithoutName'),
    paragraphs: [t(`${mail.kind}.what`, values), t(`${mail.kind}.then`, values)].filter(Boolean),
    secret: mail.kind === 'temporary-password' ? mail.password : undefined,
    action:
      'url' in mail ? { label: t(`action.${mail.kind}`), url: mail.url, plainLinkIntro: t('plainLink') } : undefined,
    closing: t(`closing.${closingOf(mail.kind)}`, { tenant: tenantName }),
    footer: t('footer', { tenant: tenantName }),
  };
}

const ASKED_FOR = new Set<Mail['kind']>([
  'reset-link',
  'reset-temporary-link',
  'administrator-reset',
  'email-confirm',
  'invitation',
]);

function closingOf(kind: Mail['kind']) {
  if (kind === 'sso-expiry') return 'administrator';
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
    what: 'what' in mail ? mail.what : '',
    label: 'label' in mail ? oneLine(mail.label, 60) : '',
    days: 'days' in mail ? mail.days : 0,
  };
}

function momentIn(at: string, reader: Reader) {
  const instant = new Date(at);
  const shape = { dateStyle: 'long', timeStyle: 'long' } as const;
  const locale = `${reader.locale}-CA`;
  try {
    return new Intl.DateTimeFormat(locale, { ...shape, timeZone: reader.timeZone }).format(instant);
  } catch {
    return new Intl.DateTimeFormat(locale, { ...shape, timeZone: 'UTC' }).format(instant);
  }
}
