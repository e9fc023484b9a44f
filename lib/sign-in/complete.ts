import { statementIn, type Tx } from '@/db';
import { type Cause, type Head, recordBehind } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { queueMail } from '@/lib/emails/queue';
import type { Counter } from '@/lib/rate-limit/postgres';
import { browserOf, type Factor } from '@/lib/sessions';
import type { Tenant } from '@/lib/tenants/tenants';

/** A finished sign-in, for the browser to keep: the session's token and the device's. */
export type Completed = {
  next: 'done';
  session: { token: string; maxAge: number };
  device: string;
  returnTo: string | null;
  /** Whether he has a phone, which is then the first page that he sees. */
  phone: boolean;
};

/** What an identity provider has proved in the password's place, and what ends its session there. */
export type ProviderProof = {
  connectionId: string;
  subject: string;
  /** OIDC `sid`, SAML SessionIndex. */
  index: string | null;
  /** OIDC id_token, SAML NameID; sealed. */
  sealedHint: string | null;
};

/** The password that was checked: it must still be the person's, and what its try took is given back. */
export type UsedPassword = { changedAt: string | null; budget: Buffer; counter: Counter | null };

type Opened = {
  session: string;
  maxAge: number;
  newDeviceFor: string | null;
  emergency: boolean;
  phone: boolean;
  head: Head;
};

/**
 * The one door. Every way of signing in ends here, in its own transaction: is the tenant live, is the user active?
 * Then session, device and audit. Promises undefined where the door stays shut,
 * or where the password is another one meanwhile.
 */
export async function complete(
  tx: Tx,
  tenant: Tenant,
  who: {
    userId: string;
    factor: Factor | null;
    provider?: ProviderProof | null;
    password?: UsedPassword;
    returnTo: string | null;
  },
  device: string | undefined,
  cause: Cause,
): Promise<Completed | undefined> {
  const token = randomToken();
  const deviceToken = isToken(device) ? device : randomToken();
  const [row] = await statementIn<{ opened: Opened | null }>(
    tx,
    who.password ? `select case when ${USE} then ${OPEN} end as opened` : `select ${OPEN} as opened`,
    [
      tenant.id,
      who.userId,
      hashToken(token),
      who.factor,
      cause.address,
      cause.userAgent.slice(0, 400),
      hashToken(deviceToken),
      who.provider?.connectionId ?? null,
      who.provider?.subject ?? null,
      who.provider?.index ?? null,
      who.provider?.sealedHint ?? null,
      ...(who.password ? valuesOf(who.password) : []),
    ],
  );
  const opened = row?.opened;
  if (!opened) return undefined;
  recordBehind(tx, tenant.id, opened.head, { ...cause, actorId: who.userId }, 'authn_login_success', {
    subjectId: who.userId,
    detail: {
      factor: who.factor ?? (who.provider ? 'provider' : 'password'),
      session: opened.session,
      ...(who.provider ? { connection: who.provider.connectionId } : {}),
      ...(opened.emergency ? { emergency: true } : {}),
    },
  });
  if (opened.newDeviceFor) {
    const at = new Date().toISOString();
    const mail = { kind: 'new-device', at, address: cause.address, browser: browserOf(cause.userAgent) } as const;
    await queueMail(tx, { tenantId: tenant.id, userId: who.userId, mail });
  }
  return {
    next: 'done',
    session: { token, maxAge: opened.maxAge },
    device: deviceToken,
    returnTo: who.returnTo,
    phone: opened.phone,
  };
}

const OPEN = 'complete_sign_in($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::uuid, $9, $10, $11)';
const USE = 'use_password($1::uuid, $2::uuid, $12::timestamptz, $13, $14, $15, $16)';

function valuesOf({ changedAt, budget, counter }: UsedPassword) {
  return [changedAt, budget, counter?.key ?? null, counter?.window ?? null, counter?.most ?? null];
}

/** Gives back what the try took, and promises whether the password is still the user's, locked against a change until this transaction ends. */
export async function usePassword(tx: Tx, tenantId: string, userId: string, password: UsedPassword) {
  const [row] = await statementIn<{ his: boolean }>(
    tx,
    'select use_password($1::uuid, $2::uuid, $3::timestamptz, $4, $5, $6, $7) as his',
    [tenantId, userId, ...valuesOf(password)],
  );
  return row?.his ?? false;
}
