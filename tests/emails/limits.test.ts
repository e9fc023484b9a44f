import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { MAIL_LIMITS } from '@/lib/emails/mail-limits';
import { listMailbox } from '@/lib/emails/mailbox';
import { queueMails } from '@/lib/emails/queue';
import { wordMail } from '@/lib/emails/wording';
import { startWorker } from '@/lib/jobs/worker';
import { createTenantWithInvitation } from '@/lib/operators/tenants/create';
import { inviteAgain } from '@/lib/operators/tenants/invite-again';
import { requestReset, runResetRequest } from '@/lib/passwords/reset/request';
import { findPolicy } from '@/lib/policies/find';
import { requestEmailChange } from '@/lib/users/email-change';
import { resetPassword } from '@/lib/users/help';
import { inviteUser } from '@/lib/users/invite';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const CONFIRM = MAIL_LIMITS['email-confirm'];
const TOO_MANY = { ok: false, error: 'too-many-mails', minutes: expect.any(Number), retryAfter: expect.any(Number) };

describe('mails to confirm an address', () => {
  test('go to a few addresses an hour from one user, however many are asked for at once', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const asked: string[] = [];
    for (let count = 0; count < 8; count++) {
      const answer = await changeTo(tenant, user, `stranger${count}@elsewhere.example`);
      asked.push(answer.ok ? 'sent' : answer.error);
    }
    expect(asked).toEqual([...Array(CONFIRM.sender?.most).fill('sent'), ...Array(3).fill('too-many-mails')]);
    expect(await mailsOf(user)).toHaveLength(CONFIRM.sender?.most ?? 0);
    expect(await changeTo(tenant, user, 'one@more.example')).toMatchObject({ ...TOO_MANY, field: 'email' });
  });

  test('go to one address a few times an hour, from any tenant and in any spelling', async () => {
    const address = (count: number) => (count % 2 ? 'Victim@Target.example' : 'victim@target.example');
    for (let count = 0; count < CONFIRM.recipient.most; count++) {
      const tenant = await newTenant();
      expect(await changeTo(tenant, await newUser(tenant), address(count))).toEqual({ ok: true });
    }
    const tenant = await newTenant();
    expect(await changeTo(tenant, await newUser(tenant), address(1))).toMatchObject(TOO_MANY);
  });

  test('that were refused leave the change before in place', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await changeTo(tenant, user, 'first@good.example');
    await fill(`mail:email-confirm:sender:${user.id}`, CONFIRM.sender?.most ?? 0, 3600);
    expect(await changeTo(tenant, user, 'second@bad.example')).toMatchObject(TOO_MANY);
    expect(await admin()`select email from email_changes where user_id = ${user.id}`).toEqual([
      { email: 'first@good.example' },
    ]);
  });
});

test('a password reset is answered the same when its limit is reached, and keeps the link that was mailed', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant, { email: 'shared@mailbox.example' });
  const others = await Promise.all(
    Array.from({ length: 4 }, () => newUser(tenant, { email: 'shared@mailbox.example' })),
  );
  const policy = await findPolicy(tenant);
  const all = [user, ...others].flatMap((one) => Array(3).fill(one) as Person[]);
  for (const one of all) {
    expect(await requestReset(tenant, one.username, cause(null))).toEqual({ ok: true });
    await runResetRequest(tenant, policy, { tenantId: tenant.id, userId: one.id, cause: cause(null) });
  }
  const [{ count = 0 } = {}] = await admin()`
    select count(*)::int as count from graphile_worker._private_jobs where payload -> 'mail' ->> 'kind' = 'reset-link'`;
  expect(count).toBe(MAIL_LIMITS['reset-link'].recipient.most);
  const [live] = await admin()`
    select count(distinct user_id)::int as users, count(*) filter (where used_at is null)::int as live from password_resets where tenant_id = ${tenant.id}`;
  expect(live, 'who got a mail has one live link').toEqual({ users: 4, live: 4 });
});

test('resets by an administrator, invitations and invitations of operators are limited too', async () => {
  const tenant = await newTenant();
  const [boss, user] = [await newUser(tenant, { role: 'administrator' }), await newUser(tenant)];
  const policy = await findPolicy(tenant);
  const most = MAIL_LIMITS['administrator-reset'].recipient.most;
  for (let count = 0; count < most; count++)
    expect(await resetPassword(tenant, policy, user.id, cause(boss.id))).toMatchObject({ ok: true });
  expect(await resetPassword(tenant, policy, user.id, cause(boss.id))).toMatchObject(TOO_MANY);

  const invited = await newUser(tenant, { password: undefined });
  for (let count = 0; count < MAIL_LIMITS.invitation.recipient.most; count++)
    expect(await inviteUser(tenant, invited.id, cause(boss.id))).toEqual({ ok: true });
  expect(await inviteUser(tenant, invited.id, cause(boss.id))).toMatchObject(TOO_MANY);

  const opened = await newTenant();
  const first = await newUser(opened, { role: 'administrator', password: undefined });
  expect(first.email).not.toBeNull();
  for (let count = 0; count < MAIL_LIMITS.invitation.recipient.most; count++)
    expect(await inviteAgain(opened.id, 'typo@wrong.example', cause(null))).toEqual({ ok: true });
  expect(await inviteAgain(opened.id, 'typo@wrong.example', cause(null))).toMatchObject(TOO_MANY);
  const administrator = { username: 'first', firstName: 'First', lastName: 'One', email: 'typo@wrong.example' };
  const settings = { accountId: 'mail-limit', name: 'Limit', locale: 'en', timeZone: 'UTC', userLimit: null } as const;
  expect(await createTenantWithInvitation({ ...settings, entitlements: [], administrator }, cause(null))).toMatchObject(
    TOO_MANY,
  );
  expect(await admin()`select from tenants where slug = 'mail-limit'`, 'nothing of it is left').toHaveLength(0);
});

test('a mail to an unconfirmed address does not use the name, and no mail uses a name with a link', () => {
  const reader = { locale: 'en', firstName: 'Robin', timeZone: 'UTC' } as const;
  const sender = { name: 'Copper Kettle Works' };
  const url = 'https://gatehouse.test/confirm-email/x';
  const confirm = wordMail({ kind: 'email-confirm', url, minutes: 60 }, reader, sender);
  const invitation = wordMail({ kind: 'invitation', url, hours: 72 }, reader, sender);
  const reset = wordMail({ kind: 'reset-link', url, minutes: 60 }, reader, sender);
  const old = wordMail({ kind: 'reset-link', url, minutes: 60 }, { ...reader, firstName: 'Visit http://x.io' }, sender);
  expect([confirm, invitation, reset, old].map(({ greeting }) => greeting)).toEqual([
    'Hello,',
    'Hello,',
    'Hello Robin,',
    'Hello,',
  ]);
  expect(JSON.stringify([confirm, invitation])).not.toContain('Robin');
});

describe('the queue', () => {
  test('sends a reset of one tenant among the first, whatever another has queued before', async () => {
    const [busy, quiet] = [await newTenant(), await newTenant()];
    const many = await newUser(busy, { password: undefined });
    await withTenant(busy.id, (tx) => queueMails(tx, invitations(busy, many, 2000)));
    const user = await newUser(quiet);
    await requestReset(quiet, user.username, cause(null));
    const worker = await startWorker();
    try {
      await expect.poll(async () => (await listMailbox()).map(({ to }) => to), { interval: 5 }).toContain(user.email);
      expect(await waiting(busy)).toBeGreaterThan(1900);
    } finally {
      await worker.stop();
    }
  });

  test('sends mails of one urgency in turns of tenants', async () => {
    await admin()`delete from graphile_worker._private_jobs`;
    const [busy, quiet] = [await newTenant(), await newTenant()];
    const [many, few] = [await newUser(busy, { password: undefined }), await newUser(quiet, { password: undefined })];
    await withTenant(busy.id, (tx) => queueMails(tx, invitations(busy, many, 500)));
    await withTenant(quiet.id, (tx) => queueMails(tx, invitations(quiet, few, 3)));
    const order = await admin()`
      select payload ->> 'tenantId' as tenant from graphile_worker._private_jobs order by priority, run_at, id`;
    const places = order.flatMap(({ tenant }, at) => (tenant === quiet.id ? [at] : []));
    expect(places).toHaveLength(3);
    expect(Math.max(...places)).toBeLessThan(8);
  });
});

function invitations(tenant: Tenant, user: Person, count: number) {
  return Array.from({ length: count }, (_, at) => {
    const tokenHash = Buffer.alloc(32, String(at)).toString('base64url') + at;
    return { tenantId: tenant.id, userId: user.id, mail: { kind: 'invitation', tokenHash } as const };
  });
}

async function waiting(tenant: Tenant) {
  const [row] = await admin()`
    select count(*)::int as count from graphile_worker._private_jobs where payload ->> 'tenantId' = ${tenant.id}`;
  return Number(row?.count);
}

function changeTo(tenant: Tenant, user: Person, email: string) {
  return requestEmailChange(tenant, user.id, { email, password: PASSWORD }, cause(user.id));
}

function mailsOf(user: Person) {
  return admin()`select from graphile_worker._private_jobs where payload ->> 'userId' = ${user.id}`;
}

async function fill(key: string, count: number, window: number) {
  await admin()`
    insert into volume_limits (key, "window", count)
    values (${key}, floor(extract(epoch from now()) / ${window}) * ${window}, ${count})
    on conflict (key, "window") do update set count = excluded.count`;
}

function cause(actorId: string | null): Cause {
  return { actorId, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
}
