import { DEMO_OPERATOR } from '@/bin/demo/operator';
import { SEED_TENANTS, type SeedTenant } from '@/bin/demo/tenants';
import type { Cause } from '@/lib/audit/record';
import { env } from '@/lib/env';
import { createOperator, findOperatorByUsername } from '@/lib/operators/operators';
import { createEmptyTenant } from '@/lib/operators/tenants/create';
import { closeHashing } from '@/lib/passwords/hashing';
import { findTenant, type Tenant, tenantOrigin } from '@/lib/tenants/tenants';
import { listUsers } from '@/lib/users/list';
import { createUser } from '@/lib/users/users';

const cause: Cause = { actorId: null, address: 'system', userAgent: 'gatehouse seed', requestId: 'seed' };

/** Fills an embedded database with the demonstration, once. Returns the accounts to sign in as. */
export async function seed() {
  if (!env().GATEHOUSE_EMBEDDED) throw new Error('the demonstration belongs on the embedded database only');
  const accounts = [];
  for (const { users, shown, ...account } of SEED_TENANTS) {
    const tenant = (await findTenant(account.accountId)) ?? (await seedTenant(account));
    await seedUsers(tenant, users);
    for (const { username, note } of shown) {
      const password = users.find((user) => user.username === username || user.extension === username)?.password ?? '';
      accounts.push({ address: tenantOrigin(tenant), accountId: tenant.accountId, username, password, note });
    }
  }
  await seedOperator();
  await closeHashing();
  return { accounts, operator: DEMO_OPERATOR };
}

async function seedOperator() {
  if (await findOperatorByUsername(DEMO_OPERATOR.username)) return;
  const { note: _, ...operator } = DEMO_OPERATOR;
  const made = await createOperator(operator, cause);
  if (!made.ok) throw new Error(`could not seed the operator: ${made.error}`);
}

async function seedTenant(account: Omit<SeedTenant, 'users' | 'shown'>) {
  const made = await createEmptyTenant(account);
  if (!made.ok) throw new Error(`could not seed ${account.accountId}: ${made.error}`);
  return made.tenant;
}

/** Creates the missing users, so that an interrupted start is completed by the next. */
async function seedUsers(tenant: Tenant, users: SeedTenant['users']) {
  const known = new Set((await listUsers(tenant, { limit: 100 })).users.map((user) => user.username));
  await Promise.all(users.filter((user) => !known.has(user.username)).map((user) => createUser(tenant, user, cause)));
}
