import type { MailKind } from '@/lib/emails/mails';
import { days, hours } from '@/lib/time';

type Limit = { most: number; window: number };

type MailLimit = {
  /** Urgency: 0 a user is waiting, 1 notices, 2 invitations, 3 mail that no user requested. */
  urgency: 0 | 1 | 2 | 3;
  /** Whether reaching the limit rejects the change; a notice is left out instead. */
  full: 'refuse' | 'leave-out';
  /** To one address, whatever the tenant. */
  recipient: Limit;
  /** By one user or operator. */
  sender?: Limit;
  tenant?: Limit;
};

const NOTICE: MailLimit = { urgency: 1, full: 'leave-out', recipient: { most: 20, window: hours(1) } };
const RESET: MailLimit = {
  urgency: 0,
  full: 'refuse',
  // Several users may share one mailbox; each gets three an hour at most.
  recipient: { most: 10, window: hours(1) },
  tenant: { most: 1000, window: hours(1) },
};

/** How many mails of a kind may be queued. Every mail that a user can cause is counted here. */
export const MAIL_LIMITS: Record<MailKind, MailLimit> = {
  'reset-link': RESET,
  'reset-temporary-link': RESET,
  'temporary-password': RESET,
  'administrator-reset': { ...RESET, sender: { most: 200, window: hours(1) } },
  'email-confirm': {
    urgency: 0,
    full: 'refuse',
    recipient: { most: 3, window: hours(1) },
    sender: { most: 5, window: hours(1) },
    tenant: { most: 300, window: hours(1) },
  },
  // A whole company of 20,000 may be invited in a day, and once more.
  invitation: {
    urgency: 2,
    full: 'refuse',
    recipient: { most: 10, window: days(1) },
    sender: { most: 20_000, window: days(1) },
    tenant: { most: 40_000, window: days(1) },
  },
  'password-changed': NOTICE,
  'two-factor-reset': NOTICE,
  'two-factor-on': NOTICE,
  'two-factor-off': NOTICE,
  'recovery-codes-renewed': NOTICE,
  'recovery-code-used': NOTICE,
  'email-changed': NOTICE,
  'new-device': NOTICE,
  'locked-out': NOTICE,
  'sso-certificate': NOTICE,
  'sso-expiry': { ...NOTICE, urgency: 3 },
};
