import { statementIn, type Tx } from '@/db';
import type { Head } from '@/lib/audit/chain';
import { type Cause, recordAfter } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { queueMail } from '@/lib/emails/queue';
import type { Counter } from '@/lib/rate-limit/postgres';
import { browserOf } from '@/lib/sessions/browser';
import type { Factor } from '@/lib/sessions/find';
import { noteProof, sessionOfToken } from '@/lib/sessions/proof';

/** A finished sign-in, for the browser to keep: the session's token and the device's. */
export type CompletedSignIn = {
  next: 'done';
  session: { token: string; maxAge: number };
  device: string;
  returnTo: string | null;
  /** Whether the user has a phone, which is then the first page they see. */
  phone: boolean;
};

/**
 * What an identity provider has proved in the password's place, and what ends its session there.
 */
export type ProviderProof = {
  connectionId: string;
  subject: string;
  /** OIDC `sid`, SAML SessionIndex. */
  index: string | null;
  /** OIDC id_token, SAML NameID; sealed. */
  sealedHint: string | null;
  /** When the user signed in there, in milliseconds; null if unknown. */
  authenticatedAt: number | null;
};

/**
 * The password that was checked: it must still be the user's. What its try took, here in Postgres,
 * is given back.
 */
export type UsedPassword = { changedAt: string | null; budget: Buffer; counters: Counter[] };

export type SignIn = { userId: string; factor: Factor | null; returnTo: string | null };

/** The factors that the user has shown to us, at this sign-in. */
const OWN_FACTORS: (Factor | null)[] = ['totp', 'recovery-code'];

export type SessionRequest = SignIn & { provider?: ProviderProof | null; token: string; device: string; cause: Cause };

export type OpenedSessions = { opened: (OpenedSession | null)[]; head?: Head };
type OpenedSession = {
  session: string;
  maxAge: number;
  newDeviceFor: string | null;
  emergency: boolean;
  phone: boolean;
};

/**
 * Opens the session. Every way of signing in ends here, in its own transaction, which checks that
 * tenant and user are active and writes session, device and audit event. Returns undefined if it
 * opens none.
 */
export async function completeSignIn(
  tx: Tx,
  tenantId: string,
  who: SignIn & { provider?: ProviderProof | null },
  cause: Cause,
): Promise<CompletedSignIn | undefined> {
  const one = sessionRequest(who, cause);
  const [row] = await statementIn<{ answer: OpenedSessions }>(
    tx,
    'select complete_one($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::uuid, $9, $10, $11) as answer',
    [
      tenantId,
      who.userId,
      hashToken(one.token),
      who.factor,
      cause.address,
      cause.userAgent,
      hashToken(one.device),
      who.provider?.connectionId ?? null,
      who.provider?.subject ?? null,
      who.provider?.index ?? null,
      who.provider?.sealedHint ?? null,
    ],
  );
  // A provider may sign users in without asking them, also after a device was remembered.
  if (who.provider && !OWN_FACTORS.includes(who.factor))
    await noteProof(tx, tenantId, sessionOfToken(tenantId, one.token), who.provider.authenticatedAt);
  const [completed] = await recordSessions(tx, tenantId, [one], row?.answer);
  return completed;
}

export function sessionRequest(who: SignIn & { provider?: ProviderProof | null }, cause: Cause): SessionRequest {
  return { ...who, token: randomToken(), device: isToken(cause.device) ? cause.device : randomToken(), cause };
}

/** Records the opened sessions in order and queues a notice for each one from a new browser. */
export async function recordSessions(
  tx: Tx,
  tenantId: string,
  requests: SessionRequest[],
  answer: OpenedSessions | undefined,
) {
  if (!answer) throw new Error('no answer from the database');
  const results = requests.map((one, at) => ({ one, opened: answer.opened[at] ?? undefined }));
  const inside = results.flatMap(({ one, opened }) => (opened ? [{ one, opened }] : []));
  if (answer.head) recordAfter(tx, tenantId, answer.head, inside.map(eventOf));
  // In one order, so that sign-ins at two tenants cannot deadlock at the counters of two addresses.
  const notices = inside.map(({ one, opened }) => ({ to: opened.newDeviceFor?.toLowerCase() ?? '', one }));
  for (const { one } of notices.filter((notice) => notice.to).sort((a, b) => (a.to < b.to ? -1 : 1)))
    await queueMail(tx, newDeviceMail(tenantId, one));
  return results.map(({ one, opened }): CompletedSignIn | undefined => {
    if (!opened) return undefined;
    const session = { token: one.token, maxAge: opened.maxAge };
    return { next: 'done', session, device: one.device, returnTo: one.returnTo, phone: opened.phone };
  });
}

function eventOf({ one, opened }: { one: SessionRequest; opened: OpenedSession }) {
  const { cause, userId, factor, provider } = one;
  const detail = {
    factor: factor ?? (provider ? 'provider' : 'password'),
    session: opened.session,
    ...(provider ? { connection: provider.connectionId } : {}),
    ...(opened.emergency ? { emergency: true } : {}),
  };
  return {
    cause: { ...cause, actorId: userId },
    event: 'authn_login_success',
    subjectId: userId,
    detail,
  } as const;
}

function newDeviceMail(tenantId: string, { userId, cause: { address, userAgent } }: SessionRequest) {
  const mail = { kind: 'new-device', at: new Date().toISOString(), address, browser: browserOf(userAgent) } as const;
  return { tenantId, userId, mail };
}
