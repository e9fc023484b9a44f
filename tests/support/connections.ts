import { randomBytes } from 'node:crypto';
import { withTenant } from '@/db';
import type { Purpose } from '@/db/schema/sso';
import type { Cause } from '@/lib/audit/record';
import { randomToken } from '@/lib/crypto';
import type { Identity, ProviderAnswer } from '@/lib/sso/answer';
import { createConnection, type NewConnection } from '@/lib/sso/connections/change';
import { type Connection, findConnection } from '@/lib/sso/connections/connections';
import { beginFlow, consumeFlow } from '@/lib/sso/sign-in/flows';
import { issueTicket } from '@/lib/sso/sign-in/tickets';
import type { Tenant } from '@/lib/tenants/tenants';
import { admin } from '@/tests/support/clock';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

type More = Partial<Omit<NewConnection, 'protocol' | 'settings'>> & {
  state?: Connection['state'];
  enabled?: boolean;
};

/** Creates an OIDC connection in a state, as if an administrator had just signed in through it. */
export async function newConnection(tenant: Tenant, { state = 'beside', enabled = true, ...more }: More = {}) {
  const made = await createConnection(
    tenant,
    {
      protocol: 'oidc',
      label: 'Sign in with Kettle ID',
      issuer: `https://${randomBytes(4).toString('hex')}.provider.example`,
      settings: {
        clientId: 'gatehouse',
        scopes: ['openid', 'email'],
        tokenAuth: 'client_secret_basic',
        entraTenant: null,
        logout: true,
      },
      secret: 'a client secret',
      secretExpiresAt: null,
      createUsers: false,
      createRole: 'agent',
      ...more,
    },
    cause,
  );
  if (!made.ok) throw new Error(`no connection: ${made.error}`);
  await admin()`
    update sso_connections set state = ${state}, enabled = ${enabled}, tested_at = now(), administrator_at = now()
    where id = ${made.id}`;
  await admin()`
    update policies set password_hidden = exists (
      select from sso_connections where tenant_id = ${tenant.id} and state = 'instead' and enabled)
    where tenant_id = ${tenant.id}`;
  const connection = await findConnection(tenant, made.id);
  if (!connection) throw new Error('the connection is gone');
  return connection;
}

/** Returns a verified identity with a new subject. */
export function identity(connection: Connection, more: Partial<Identity> = {}): Identity {
  return {
    issuer: connection.issuer,
    subject: randomBytes(8).toString('hex'),
    email: null,
    emailVerified: true,
    firstName: 'Robin',
    lastName: 'Achterberg',
    secondFactor: false,
    index: null,
    hint: null,
    ...more,
  };
}

/** Issues a ticket with its browser token, as if a provider had just answered. */
export async function newTicket(
  tenant: Tenant,
  connection: Connection,
  answer: Identity | ProviderAnswer,
  { purpose = 'sign-in', returnTo = null, userId = null, browser = randomToken() }: Partial<FlowStart> = {},
) {
  const requestId = `_${randomBytes(12).toString('hex')}`;
  const begun = await beginFlow(tenant, connection.id, { purpose, returnTo, userId, requestId, browser });
  const ticket = await withTenant(tenant.id, async (tx) => {
    const flow = await consumeFlow(tx, tenant.id, requestId);
    if (typeof flow === 'string') throw new Error(flow);
    const result: ProviderAnswer = 'ok' in answer ? answer : { ok: true, identity: answer, received: {}, checks: [] };
    return issueTicket(tx, tenant.id, flow.id, result);
  });
  return { ticket, browser: begun.browser, flow: begun.flow, address: `/sso/complete?t=${ticket}` };
}

type FlowStart = { purpose: Purpose; returnTo: string | null; userId: string | null; browser: string };
