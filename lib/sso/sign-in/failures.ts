import { randomInt } from 'node:crypto';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { ssoConnections, ssoFailures } from '@/db/schema/sso';
import { type Cause, record } from '@/lib/audit/record';
import { within } from '@/lib/rate-limit/limiter';
import { signInPath } from '@/lib/sessions/sign-in-path';
import type { Reason } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { withOurSkew } from '@/lib/sso/sign-in/diagnosis';
import type { Tenant } from '@/lib/tenants/tenants';
import { plainText } from '@/lib/text';

export type SsoFailure = {
  code: string;
  at: Date;
  reason: Reason;
  received: Record<string, string>;
  address: string;
  requestId: string;
  /** Null if the answer belonged to no existing connection. */
  connection: { id: string; label: string; protocol: 'oidc' | 'saml' } | null;
};

/** Words of a failure code, short enough to be read out over the phone. */
const COLOURS =
  'amber ashen azure beige black blond blue bronze brown copper coral cream crimson cyan dusky ebony fawn golden green grey hazel indigo ivory jade khaki lemon lilac lime maroon mauve mint navy ochre olive opal orange peach pearl pink plum purple red rose ruby russet rusty sable sandy scarlet sepia silver slate tan teal topaz umber violet white wine yellow'.split(
    ' ',
  );
const ANIMALS =
  'ant ape badger bat bear beaver bee bison boar camel cat civet cobra crab crane crow deer dingo dove duck eagle eel egret elk falcon ferret finch fox frog gecko goat goose gull hare hawk heron horse ibex jay koala lark lemur lion llama lynx mole moose moth mouse newt otter owl panda pony puffin quail raven robin seal shark sheep shrew skunk sloth snail snake stork swan tiger toad trout turtle viper vole weasel whale wolf wren yak zebra'.split(
    ' ',
  );
const CODE = /^[a-z]{2,10}-[a-z]{2,10}-\d{2}$/;

const FAILURE = {
  code: ssoFailures.code,
  at: ssoFailures.at,
  reason: ssoFailures.reason,
  received: ssoFailures.received,
  address: ssoFailures.address,
  requestId: ssoFailures.requestId,
  id: ssoConnections.id,
  label: ssoConnections.label,
  protocol: ssoConnections.protocol,
};

/** The most that are listed; unsolicited answers have a separate list. */
const MOST_LISTED = 200;
const MOST_UNSOLICITED = 50;

/**
 * Keeps a refused answer for seven days with one audit event, and returns the code that the user is
 * shown: two words and two digits. Returns an empty text and writes nothing where an address, or
 * all that is unsolicited, has had too many.
 */
export async function recordRefusal(
  tenant: Tenant,
  connection: Pick<Connection, 'id'> | null | undefined,
  refused: { reason: Reason; received: Record<string, string>; unsolicited?: boolean },
  cause: Cause,
): Promise<string> {
  const save = () => saveRefusal(tenant, connection, refused, cause);
  const saveUnsolicited = () => within('sso-unsolicited', [tenant.id, '-'], save, () => '');
  return within('sso-failure', [tenant.id, cause.address], refused.unsolicited ? saveUnsolicited : save, () => '');
}

function saveRefusal(
  tenant: Tenant,
  connection: Pick<Connection, 'id'> | null | undefined,
  refused: { reason: Reason; received: Record<string, string>; unsolicited?: boolean },
  cause: Cause,
) {
  return withTenant(tenant.id, async (tx) => {
    const code = await insertFailure(tx, {
      tenantId: tenant.id,
      connectionId: connection?.id ?? null,
      reason: refused.reason,
      solicited: !refused.unsolicited,
      received: shortened(withOurSkew(refused.reason, refused.received)),
      address: cause.address,
      requestId: cause.requestId,
    });
    record(tx, tenant.id, cause, 'authn_sso_fail', {
      detail: { reason: refused.reason, code, connection: connection?.id ?? null },
    });
    return code;
  });
}

/** Returns where a user goes whose sign-in was refused; an empty code means too many failures. */
export function failureAddress(code: string) {
  return code ? `/sign-in?sso=${code}` : signInPath('sso-busy');
}

/** Returns the failure with a code, or undefined. */
export async function findFailure(tenant: Tenant, code: string): Promise<SsoFailure | undefined> {
  if (!CODE.test(code)) return undefined;
  const [row] = await withTenant(tenant.id, (tx) => select(tx, and(isRecent(tenant.id), eq(ssoFailures.code, code))));
  return row && toFailure(row);
}

/**
 * Returns the failures of the last seven days, latest first. Unsolicited answers never displace
 * others.
 */
export async function listFailures(tenant: Tenant): Promise<SsoFailure[]> {
  const latest = (tx: Tx, solicited: boolean, most: number) =>
    select(tx, and(isRecent(tenant.id), eq(ssoFailures.solicited, solicited)))
      .orderBy(desc(ssoFailures.at))
      .limit(most);
  const rows = await withTenant(tenant.id, async (tx) => [
    ...(await latest(tx, true, MOST_LISTED)),
    ...(await latest(tx, false, MOST_UNSOLICITED)),
  ]);
  return rows.sort((a, b) => b.at.getTime() - a.at.getTime()).map(toFailure);
}

async function insertFailure(tx: Tx, row: Omit<typeof ssoFailures.$inferInsert, 'code'>) {
  for (let tries = 0; tries < 20; tries++) {
    const code = newCode();
    const kept = await tx
      .insert(ssoFailures)
      .values({ ...row, code })
      .onConflictDoNothing()
      .returning({ code: ssoFailures.code });
    if (kept.length === 1) return code;
  }
  throw new Error('no code is free');
}

function newCode() {
  return `${COLOURS[randomInt(COLOURS.length)]}-${ANIMALS[randomInt(ANIMALS.length)]}-${randomInt(10, 100)}`;
}

/** Returns what a provider sent, limited in size and without control characters. */
function shortened(received: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(received)
      .slice(0, 40)
      .map(([name, text]) => [plainText(name, 80), plainText(String(text), 1000)]),
  );
}

function select(tx: Tx, which: ReturnType<typeof and>) {
  return tx
    .select(FAILURE)
    .from(ssoFailures)
    .leftJoin(
      ssoConnections,
      and(eq(ssoConnections.tenantId, ssoFailures.tenantId), eq(ssoConnections.id, ssoFailures.connectionId)),
    )
    .where(which);
}

function isRecent(tenantId: string) {
  return and(eq(ssoFailures.tenantId, tenantId), gt(ssoFailures.at, sql`now() - interval '7 days'`));
}

function toFailure({ id, label, protocol, ...row }: Awaited<ReturnType<typeof select>>[number]): SsoFailure {
  return {
    ...row,
    reason: row.reason as Reason,
    connection: id && label && protocol ? { id, label, protocol } : null,
  };
}
