import { afterEach, describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { randomToken } from '@/lib/crypto';
import { queueMails } from '@/lib/emails/queue';
import { createOperator } from '@/lib/operators/operators';
import { signInOperator } from '@/lib/operators/sign-in';
import { findPolicy } from '@/lib/policies/find';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '10.9.8.7', userAgent: 'tests', requestId: 'tests' };

afterEach(async () => {
  await admin()`drop trigger if exists refuse_audit on audit_events`;
  await admin()`drop function if exists refuse_audit()`;
});

describe('where the audit event cannot be written', () => {
  test.each(['53100', '55P03', '57014', '23514', 'P0001'])(
    'a sign-in from a new browser is an outage: %s',
    async (code) => {
      const { tenant, user } = await people();
      await refuseAudit(code);
      await expect(signIn(tenant, user.username, PASSWORD)).rejects.toMatchObject({ name: 'Unavailable', code });
    },
  );

  test.each(['40001', '40P01'])('it is tried again where that can help: %s', async (code) => {
    const { tenant, user } = await people();
    await refuseAudit(code, 2);
    expect(await signIn(tenant, user.username, PASSWORD)).toMatchObject({ ok: true, next: 'done' });
    expect(await eventsOf(tenant, 'authn_login_success')).toHaveLength(2);
  });

  test('a later statement of the transaction does not hide the cause', async () => {
    const { tenant, user } = await people();
    await refuseAudit('53100');
    const change = withTenant(tenant.id, async (tx) => {
      record(tx, tenant.id, cause, 'session_end');
      const mail = { kind: 'two-factor-off', at: new Date().toISOString() } as const;
      await queueMails(tx, [{ tenantId: tenant.id, userId: user.id, mail }]);
    });
    await expect(change).rejects.toMatchObject({ name: 'Unavailable', code: '53100' });
  });

  test('nothing counts against the address, the account or the tenant, whether the password was right or wrong', async () => {
    const { tenant, user } = await people();
    await refuseAudit('53100');
    for (let index = 0; index < 8; index++)
      for (const password of [PASSWORD, 'wrong one'])
        await expect(signIn(tenant, user.username, password)).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(signIn(tenant, 'nobody-here', 'wrong one')).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await counted(tenant.id)).toBe(0);
    expect(await admin()`select from throttles where tenant_id = ${tenant.id} and fails > 0`).toHaveLength(0);
    expect(await admin()`select from throttles where tenant_id = ${tenant.id} and locked_until > now()`).toHaveLength(
      0,
    );
  });

  test('nor against an operator’s', async () => {
    const username = `op${Date.now()}`;
    await createOperator(
      { username, firstName: 'Op', lastName: 'Erator', password: 'violet marble harvest 92' },
      cause,
    );
    await refuseAudit('53100');
    const input = { username, password: 'wrong one', returnTo: '/operator' };
    for (let index = 0; index < 8; index++)
      await expect(signInOperator(input, cause)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await counted('operator')).toBe(0);
    await admin()`drop trigger refuse_audit on audit_events`;
    expect(await signInOperator(input, cause)).toMatchObject({ error: 'wrong' });
  });
});

async function people() {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  // Known to have signed in before: a new browser is told by mail, in the same transaction.
  await signIn(tenant, user.username, PASSWORD);
  return { tenant, user };
}

async function signIn(tenant: Awaited<ReturnType<typeof newTenant>>, identifier: string, password: string) {
  const input = { identifier, password, returnTo: null };
  return signInWithPassword(tenant, await findPolicy(tenant), input, { ...cause, device: randomToken() });
}

/** Lets the database refuse events with an error, `times` of them. */
async function refuseAudit(code: string, times = 1000) {
  await admin()`drop sequence if exists refused_events`;
  await admin()`create sequence refused_events`;
  await admin().unsafe(`
    create function refuse_audit() returns trigger language plpgsql security definer as $$
    begin
      if nextval('refused_events') <= ${times} then raise exception 'refused' using errcode = '${code}'; end if;
      return new;
    end $$`);
  await admin()`create trigger refuse_audit before insert on audit_events for each row execute function refuse_audit()`;
}

async function counted(scope: string) {
  const [row] = await admin()`
    select coalesce(sum(count), 0)::int as count from volume_limits where key like ${`sign-in:${scope}%`}`;
  return row?.count;
}
