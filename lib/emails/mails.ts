import type { Brand } from '@/lib/branding/brand';

/**
 * Every mail we send. None has a field for a username, extension or id, so none can carry one. `at`
 * is an instant in ISO 8601, because a mail waits in the queue as JSON; `minutes` is how long a
 * link lives.
 */
export type Mail =
  | { kind: 'reset-link'; url: string; minutes: number }
  | { kind: 'reset-temporary-link'; url: string; minutes: number }
  | { kind: 'administrator-reset'; url: string; minutes: number }
  | { kind: 'temporary-password'; password: string; url: string; minutes: number }
  | { kind: 'password-changed'; at: string; address: string; browser: string }
  | { kind: 'two-factor-reset'; at: string; byName: string }
  | { kind: 'two-factor-on'; at: string }
  | { kind: 'two-factor-off'; at: string }
  | { kind: 'recovery-codes-renewed'; at: string }
  | { kind: 'recovery-code-used'; at: string; left: number }
  | { kind: 'email-confirm'; url: string; minutes: number }
  | { kind: 'email-changed'; at: string }
  | { kind: 'new-device'; at: string; address: string; browser: string }
  | { kind: 'locked-out'; at: string; minutes: number }
  | { kind: 'invitation'; url: string; hours: number }
  | { kind: 'sso-certificate'; label: string; at: string; byName: string; url: string }
  | { kind: 'sso-expiry'; what: Ending; label: string; at: string; days: number; url: string };

/** What of an identity provider's connection ends one day. */
export type Ending = 'secret' | 'certificate' | 'ourCertificate';

export type MailKind = Mail['kind'];

/** Whom a mail is for: how to greet, and in which language and time zone to speak. */
export type Reader = { locale: 'en' | 'fr'; firstName: string; timeZone: string };

/** Whose mail it is, and how the company shows itself in it. */
export type Sender = { name: string; brand?: (Brand & { logoUrl: string | null }) | null };

/** One mail to one address. `idempotencyKey` names its cause: the same key twice is one mail. */
export type OutgoingMail = {
  to: string;
  from: string;
  subject: string;
  html: string;
  text: string;
  idempotencyKey: string;
};
