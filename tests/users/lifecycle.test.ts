import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { updateTenant } from '@/lib/operators/tenants/settings';
import { findPolicy } from '@/lib/policies/find';
import { completeSignIn } from '@/lib/sign-in/complete';
import { acceptInvitation, findInvitation, openSlip } from '@/lib/users/accept-invitation';
import { findBulk, previewBulk, startBulk } from '@/lib/users/bulk';
import { runBulk } from '@/lib/users/bulk-run';
import { makeSlips } from '@/lib/users/bulk-slips';
import { editUser } from '@/lib/users/edit';
import { exportUsers } from '@/lib/users/export';
import { inviteUser, makeSlip, revokeInvitation } from '@/lib/users/invite';
import { listUsers, SORTS } from '@/lib/users/list';
import { disable, enable, removeUser, requireSecondFactor } from '@/lib/users/status';
import { lockRemainingUsers } from '@/lib/users/user-limit';
import { addUser, createUser, findUser } from '@/lib/users/users';
import { eventsOf } from '@/tests/support/audit';
import { admin, age } from '@/tests/support/clock';
import { enrolled, NEW_PASSWORD, newTenant, newUser } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('the list', () => {
  test('is found by the beginning of any word, without capitals and accents', async () => {
    const { tenant } = await company();
    await newUser(tenant, {
      username: 'eve',
      extension: '555',
      firstName: 'Marie-Ève',
      lastName: 'Côté O’Neil',
      email: 'me@x.example',
    });
    await newUser(tenant, { username: 'other', firstName: 'Zoé', lastName: 'Wu' });
    for (const q of ['eve', 'MARIE', 'ève', 'cote', 'Côté mar', 'neil', '55', 'me@x', 'marie-eve']) {
      const found = (await listUsers(tenant, { q })).users.map(({ username }) => username);
      expect([q, found]).toEqual([q, ['eve']]);
    }
    for (const q of ['ote', '%', '_', '\\', 'eve wu', "' or 1=1"]) {
      expect([q, (await listUsers(tenant, { q })).total]).toEqual([q, 0]);
    }
    await admin()`update users set last_name = 'Gagnon' where username = 'eve' and tenant_id = ${tenant.id}`;
    expect((await listUsers(tenant, { q: 'cote' })).total).toBe(0);
    expect((await listUsers(tenant, { q: 'gagnon' })).total).toBe(1);
  });

  test('pages forward and back through every sort order without losing or repeating a user', async () => {
    const { tenant } = await company();
    for (let n = 0; n < 10; n++)
      await newUser(tenant, { extension: n % 3 ? String(900 - n) : null, lastName: `N${n % 4}`, password: undefined });
    for (const sort of SORTS) {
      const forth: string[] = [];
      let page = await listUsers(tenant, { sort, limit: 4 });
      const pages = [page];
      while (page.next) {
        page = await listUsers(tenant, { sort, limit: 4, after: page.next });
        pages.push(page);
      }
      forth.push(...pages.flatMap(({ users }) => users.map(({ id }) => id)));
      expect([sort, new Set(forth).size, forth.length]).toEqual([sort, 11, 11]);
      const back = [page.users.map(({ id }) => id)];
      while (page.previous) {
        page = await listUsers(tenant, { sort, limit: 4, before: page.previous });
        back.unshift(page.users.map(({ id }) => id));
      }
      expect([sort, back.flat()]).toEqual([sort, forth]);
    }
    for (const word of [
      '!',
      'e30',
      Buffer.from('["a","b"]').toString('base64url'),
      Buffer.from(`["x","${NOBODY}"]`).toString('base64url'),
    ]) {
      for (const sort of SORTS) expect((await listUsers(tenant, { sort, after: word })).total).toBe(11);
    }
  });

  test('is narrowed by role, state, second factor and address', async () => {
    const { tenant, cause } = await company();
    const idle = await newUser(tenant, { username: 'idle', password: undefined, email: 'same@x.example' });
    const gone = await newUser(tenant, { username: 'gone', email: 'SAME@x.example' });
    await newUser(tenant, { username: 'quiet', email: null });
    await disable(tenant, gone.id, cause);
    await inviteUser(tenant, idle.id, cause);
    const names = async (filter: Parameters<typeof listUsers>[1]) =>
      (await listUsers(tenant, { sort: 'username', ...filter })).users.map(({ username }) => username);
    expect(await names({ role: 'administrator' })).toEqual(['boss']);
    expect(await names({ status: 'disabled' })).toEqual(['gone']);
    expect(await names({ status: 'invited' })).toEqual(['idle']);
    expect(await names({ status: 'waiting' })).toEqual(['idle']);
    expect(await names({ status: 'locked' })).toEqual([]);
    expect(await names({ factor: 'on' })).toEqual([]);
    expect(await names({ factor: 'off', role: 'agent' })).toEqual(['gone', 'idle', 'quiet']);
    expect(await names({ email: 'none' })).toEqual(['quiet']);
    expect(await names({ email: 'shared' })).toEqual(['gone', 'idle']);
    expect((await findUser(tenant, idle.id))?.emailShared).toBe(true);
  });

  test('among thousands holds exactly those who match, however many they are', { timeout: 120_000 }, async () => {
    const { tenant } = await company();
    await admin()`
      insert into users (tenant_id, username, extension, first_name, last_name, email, role, status, waiting)
      select ${tenant.id}, 'p' || n, (10000 + n)::text, 'Wren' || n % 7, case when n % 6 = 0 then 'Zander' else 'Abel' end || n % 97,
        case when n % 500 > 0 then 'm' || n % 20500 || '@x.example' end, case when n % 9000 = 0 then 'administrator' else 'agent' end,
        case when n % 4 = 0 then 'disabled' else 'active' end, n % 3 > 0
      from generate_series(1, 21000) n`;
    await admin()`
      update last_sign_ins s set at = now() - make_interval(secs => u.extension::int)
      from users u where u.tenant_id = ${tenant.id} and u.id = s.user_id and not u.waiting and u.username like 'p%'`;
    await admin()`
      insert into totp_secrets (tenant_id, user_id, sealed_secret, last_step)
      select tenant_id, id, 'x', 0 from users where tenant_id = ${tenant.id} and extension::int % 5 = 0`;
    // As the database does by itself a minute after so many have come.
    await admin()`analyze`;
    const byHand: [Parameters<typeof listUsers>[1], string][] = [
      [{ q: 'zander' }, "last_name like 'Zander%'"],
      [{ q: 'wren' }, "first_name like 'Wren%'"],
      [{ q: 'p1 wren3' }, "username like 'p1%' and first_name = 'Wren3'"],
      [
        { q: 'zander1', factor: 'on', status: 'active' },
        "last_name like 'Zander1%' and extension::int % 5 = 0 and status = 'active'",
      ],
      [{ role: 'administrator' }, "role = 'administrator'"],
      [{ status: 'disabled', sort: 'signedIn' }, "status = 'disabled'"],
      [{ status: 'waiting', role: 'agent' }, "extension::int % 3 <> 1 and role = 'agent'"],
      [{ factor: 'on', email: 'none', sort: 'extension' }, 'email is null and extension::int % 5 = 0'],
      [{ email: 'shared', sort: 'signedIn' }, "email ~ '^m([1-9]|[1-9][0-9]|[1-4][0-9]{2}|500)@'"],
    ];
    for (const [filter, where] of byHand) {
      const wanted = await admin()`
        select id from users where tenant_id = ${tenant.id} and ${admin().unsafe(where)}`;
      const found = await everybody(tenant, filter);
      expect([filter, new Set(found)]).toEqual([filter, new Set(wanted.map(({ id }) => id))]);
      expect([filter, found.length]).toEqual([filter, wanted.length]);
      const page = await listUsers(tenant, filter);
      if (!page.uncounted) expect([filter, page.total]).toEqual([filter, wanted.length]);
      else expect(wanted.length).toBeGreaterThan(page.total);
    }
  });

  test('is sorted by the last sign-in, with users who never signed in at the end', async () => {
    const { tenant, boss } = await company();
    const never = await newUser(tenant);
    const [early, late] = [await newUser(tenant), await newUser(tenant)];
    await admin()`update last_sign_ins set at = now() - interval '2 days' where user_id = ${early.id}`;
    await admin()`update last_sign_ins set at = now() where user_id = ${late.id}`;
    const order = (await listUsers(tenant, { sort: 'signedIn' })).users.map(({ id }) => id);
    expect(order.slice(0, 2)).toEqual([late.id, early.id]);
    expect(new Set(order.slice(2))).toEqual(new Set([never.id, boss.id]));
  });

  test('filters by the current state of each user', async () => {
    const { tenant, cause } = await company();
    const one = await newUser(tenant, { password: undefined, email: 'A@x.example' });
    const two = await newUser(tenant, { email: 'a@X.example' });
    const flags = async () => {
      const rows = await admin()`select waiting, enrolled from users where id = ${one.id}`;
      const [kept] = await admin()`
        select (select holders from email_holders where tenant_id = ${tenant.id} and email_key = 'a@x.example') as holders,
          (select at::text from last_sign_ins where user_id = ${one.id}) as at`;
      return { ...rows[0], ...kept };
    };
    expect(await flags()).toEqual({ waiting: true, enrolled: false, holders: 2, at: '-infinity' });
    await enrolled(tenant, one);
    await admin()`insert into passwords (tenant_id, user_id, hash) values (${tenant.id}, ${one.id}, 'x')`;
    expect(await flags()).toMatchObject({ waiting: false, enrolled: true });
    await admin()`delete from passwords where user_id = ${one.id}`;
    await admin()`delete from totp_secrets where user_id = ${one.id}`;
    expect(await flags()).toMatchObject({ waiting: true, enrolled: false });
    await admin()`update users set email = 'b@x.example' where id = ${one.id}`;
    expect(await flags()).toMatchObject({ waiting: true, holders: 1 });
    const who = { userId: one.id, factor: null, returnTo: null };
    expect(await withTenant(tenant.id, (tx) => completeSignIn(tx, tenant.id, who, cause))).toMatchObject({
      next: 'done',
    });
    expect(await flags()).toMatchObject({ waiting: false, at: expect.stringMatching(/^2/) });
    await removeUser(tenant, two.id, cause);
    expect(await flags()).toMatchObject({ holders: null });
  });
});

describe('a user', () => {
  test('is made with a form that can be trusted, within the limit, even by forty at once', async () => {
    const { tenant, cause } = await company();
    const good = { username: 'new.one', firstName: 'A', lastName: 'B' };
    for (const [wrong, field] of [
      [{ firstName: '=1+1' }, 'firstName'],
      [{ lastName: 'A\r\nB' }, 'lastName'],
      [{ lastName: '\u202egnaL' }, 'lastName'],
      [{ firstName: ' ' }, 'firstName'],
      [{ firstName: 'x'.repeat(81) }, 'firstName'],
      [{ username: '1a' }, 'username'],
      [{ username: 'boss' }, 'username'],
      [{ extension: '1' }, 'extension'],
      [{ email: 'a@b@c' }, 'email'],
    ] as const) {
      expect([wrong, await createUser(tenant, { ...good, ...wrong }, cause)]).toMatchObject([
        wrong,
        { ok: false, field },
      ]);
    }
    await admin()`update tenants set user_limit = 5 where id = ${tenant.id}`;
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, n) => createUser(tenant, { ...good, username: `u.${n}` }, cause)),
    );
    expect(made.filter(({ ok }) => ok)).toHaveLength(4);
    expect(new Set(made.flatMap((one) => (one.ok ? [] : one.error)))).toEqual(new Set(['user-limit']));
  });

  test('a limit that an operator lowers at the same moment holds', async () => {
    const { tenant, cause } = await company();
    await admin()`update tenants set user_limit = 10 where id = ${tenant.id}`;
    const lock = `users of ${tenant.id}`;
    const made = await admin().begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
      const making = createUser(tenant, { username: 'one.more', firstName: 'A', lastName: 'B' }, cause);
      const isWaiting = async () => {
        const [row] =
          await admin()`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted`;
        expect(row?.waiting).toBe(1);
      };
      await expect.poll(isWaiting, { interval: 5 }).toBeUndefined();
      await sql`update tenants set user_limit = 1 where id = ${tenant.id}`;
      return { making };
    });
    expect(await made.making).toMatchObject({ error: 'user-limit' });
  });

  test('a first limit waits for a user being added, counts them, and refuses the next', async () => {
    const { tenant, cause } = await company();
    const person = { firstName: 'A', lastName: 'B', role: 'agent' } as const;
    const settings = { name: tenant.name, locale: 'en', timeZone: 'UTC', userLimit: 1 } as const;
    const limits: ReturnType<typeof updateTenant>[] = [];
    await withTenant(tenant.id, async (tx) => {
      expect(await lockRemainingUsers(tx, tenant.id)).toBe(Number.POSITIVE_INFINITY);
      // Without a limit nobody who adds waits here for anybody else.
      expect(await withTenant(tenant.id, (other) => lockRemainingUsers(other, tenant.id))).toBe(
        Number.POSITIVE_INFINITY,
      );
      await addUser(tx, tenant.id, { ...person, username: 'one.more' }, cause);
      limits.push(updateTenant(tenant.id, settings, cause));
      await expect.poll(() => waitingFor(`users of ${tenant.id}`), { interval: 5 }).toBe(1);
    });
    expect(await limits[0]).toMatchObject({ ok: false, error: 'limit-below', count: 2 });
    expect(await updateTenant(tenant.id, { ...settings, userLimit: 2 }, cause)).toEqual({ ok: true });
    expect(await createUser(tenant, { ...person, username: 'too.many' }, cause)).toMatchObject({ error: 'user-limit' });
  });

  test('a first limit set while many are added is never exceeded', async () => {
    const { tenant, cause } = await company();
    const settings = { name: tenant.name, locale: 'en', timeZone: 'UTC' } as const;
    let held = 0;
    for (let round = 0; round < 12; round++) {
      await updateTenant(tenant.id, { ...settings, userLimit: null }, cause);
      const before = (await listUsers(tenant, { status: 'active' })).total;
      const userLimit = before + 2;
      const add = (n: number) =>
        createUser(tenant, { username: `p.${round}.${n}`, firstName: 'A', lastName: 'B' }, cause);
      const [one, two, limited, ...rest] = await Promise.all([
        add(1),
        add(2),
        updateTenant(tenant.id, { ...settings, userLimit }, cause),
        add(3),
        add(4),
      ]);
      const made = [one, two, ...rest].filter(({ ok }) => ok).length;
      const active = (await listUsers(tenant, { status: 'active' })).total;
      expect(active).toBe(before + made);
      if (!limited.ok) expect([limited.error, made]).toEqual(['limit-below', 4]);
      else expect(active).toBeLessThanOrEqual(userLimit);
      held += limited.ok ? 1 : 0;
    }
    expect(held).toBeGreaterThan(0);
  });

  test('who is disabled takes no place of the limit, and comes back only where one is free, also of two at once', async () => {
    const { tenant, cause } = await company();
    const people = [await newUser(tenant), await newUser(tenant), await newUser(tenant)];
    const [one, two, three] = people.map(({ id }) => id) as [string, string, string];
    await admin()`update tenants set user_limit = 4 where id = ${tenant.id}`;
    const good = { username: 'new.one', firstName: 'A', lastName: 'B' };
    expect(await createUser(tenant, good, cause)).toMatchObject({ error: 'user-limit' });
    expect(await createUser(tenant, { ...good, username: 'idle', status: 'disabled' }, cause)).toMatchObject({
      ok: true,
    });
    await disable(tenant, one, cause);
    await disable(tenant, two, cause);
    expect(await createUser(tenant, good, cause)).toMatchObject({ ok: true });
    const back = await Promise.all([enable(tenant, one, cause), enable(tenant, two, cause)]);
    expect(back.map((answer) => answer.ok || answer.error).sort()).toEqual([true, 'user-limit']);
    expect(await enable(tenant, three, cause)).toEqual({ ok: true });
    expect((await listUsers(tenant, { status: 'active' })).total).toBe(4);
  });

  test('edited by two at once is changed by one; the other is shown what is saved', async () => {
    const { tenant, cause } = await company();
    const user = await newUser(tenant, { username: 'olga', firstName: 'Olga', lastName: 'Brandt', extension: '300' });
    const shown = await findUser(tenant, user.id);
    const typed = {
      firstName: 'Olga',
      lastName: 'B',
      username: 'olga',
      extension: '300',
      email: user.email,
      locale: null,
    };
    const version = shown?.version ?? 0;
    const both = await Promise.all([
      editUser(tenant, user.id, version, { ...typed, lastName: 'One' }, cause),
      editUser(tenant, user.id, version, { ...typed, lastName: 'Two' }, cause),
    ]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    const saved = (await findUser(tenant, user.id))?.lastName;
    expect(both.find(({ ok }) => !ok)).toMatchObject({
      error: 'edit-conflict',
      version: version + 1,
      saved: { lastName: saved },
    });
    await admin()`update last_sign_ins set at = now() where user_id = ${user.id}`;
    expect((await findUser(tenant, user.id))?.version).toBe(version + 1);
    expect(
      await editUser(tenant, user.id, version + 1, { ...typed, extension: '2', lastName: 'X' }, cause),
    ).toMatchObject({ field: 'extension' });
    expect(await editUser(tenant, user.id, version + 1, { ...typed, username: 'boss' }, cause)).toMatchObject({
      error: 'taken',
      field: 'username',
    });
  });

  test('a deleted user remains in the audit log only; administrators cannot delete themselves or the last one', async () => {
    const { tenant, cause, boss } = await company();
    const user = await newUser(tenant, { firstName: 'Olga', lastName: 'Brandt', username: 'olga' });
    await inviteUser(tenant, (await newUser(tenant, { password: undefined })).id, cause);
    expect(await removeUser(tenant, boss.id, cause)).toMatchObject({ error: 'remove-yourself' });
    expect(await removeUser(tenant, boss.id, { ...cause, actorId: null })).toMatchObject({
      error: 'last-administrator',
    });
    expect(await removeUser(tenant, user.id, cause)).toEqual({ ok: true });
    expect(await findUser(tenant, user.id)).toBeUndefined();
    const left = await admin()`select (select count(*)::int from user_words where user_id = ${user.id}) as words,
      (select count(*)::int from passwords where user_id = ${user.id}) as passwords`;
    expect(left[0]).toEqual({ words: 0, passwords: 0 });
    expect((await eventsOf(tenant, 'user_delete'))[0]).toMatchObject({
      subject_id: user.id,
      detail: { name: 'Olga Brandt', username: 'olga' },
    });
    expect(await createUser(tenant, { username: 'olga', firstName: 'A', lastName: 'B' }, cause)).toMatchObject({
      ok: true,
    });
  });

  test('a user of another tenant is not found by any action', async () => {
    const [here, there] = [await company(), await company()];
    const theirs = await newUser(there.tenant, { password: undefined });
    const { tenant, cause } = here;
    const details = { firstName: 'A', lastName: 'B', username: 'abc', extension: null, email: null, locale: null };
    for (const id of [theirs.id, NOBODY, 'no-id']) {
      expect(await editUser(tenant, id, 1, details, cause)).toMatchObject({ error: 'not-found' });
      expect(await inviteUser(tenant, id, cause)).toMatchObject({ error: 'not-found' });
      expect(await makeSlip(tenant, id, cause)).toMatchObject({ error: 'not-found' });
      expect(await revokeInvitation(tenant, id, cause)).toMatchObject({ error: 'not-found' });
      expect(await previewBulk(tenant, 'disable', { ids: [id] }, cause)).toMatchObject({ error: 'nobody-chosen' });
      if (id === 'no-id') continue;
      expect(await removeUser(tenant, id, cause)).toMatchObject({ error: 'not-found' });
      expect(await requireSecondFactor(tenant, id, true, cause)).toMatchObject({ error: 'not-found' });
    }
    expect(await findUser(there.tenant, theirs.id)).toMatchObject({ status: 'active', invited: false, version: 1 });
  });
});

describe('an invitation', () => {
  test('is accepted once, within 72 hours, and not after it was renewed or withdrawn, or the user disabled', async () => {
    const { tenant, cause } = await company();
    const policy = await findPolicy(tenant);
    const choose = (token: string) =>
      acceptInvitation(tenant, policy, token, { password: NEW_PASSWORD, repeat: NEW_PASSWORD }, cause);
    const slipOf = async (id: string) => {
      const made = await makeSlip(tenant, id, cause);
      if (!made.ok) throw new Error(made.error);
      return { ...made.slip, token: made.slip.url.split('/').at(-1) ?? '' };
    };
    const person = () => newUser(tenant, { password: undefined });
    const [twice, late, renewed, revoked, disabled] = [
      await person(),
      await person(),
      await person(),
      await person(),
      await person(),
    ];

    const slip = await slipOf(twice.id);
    expect(await openSlip(tenant, ` ${slip.code.toUpperCase()} `, cause)).toEqual({ ok: true, token: slip.token });
    const tries = await Promise.all(Array.from({ length: 5 }, () => choose(slip.token)));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await inviteUser(tenant, twice.id, cause)).toMatchObject({ error: 'has-password' });

    const old = await slipOf(late.id);
    await age('invitations', 72 * 3600 - 60, `user_id = '${late.id}'`);
    expect(await findInvitation(tenant, policy, old.token)).toBeDefined();
    await age('invitations', 61, `user_id = '${late.id}'`);
    expect(await choose(old.token)).toMatchObject({ error: 'link-dead' });
    expect(await openSlip(tenant, old.code, cause)).toMatchObject({ error: 'slip-code' });

    const first = await slipOf(renewed.id);
    const second = await slipOf(renewed.id);
    expect(await choose(first.token)).toMatchObject({ error: 'link-dead' });
    expect(await findInvitation(tenant, policy, second.token)).toBeDefined();

    const back = await slipOf(revoked.id);
    expect(await revokeInvitation(tenant, revoked.id, cause)).toEqual({ ok: true });
    expect(await choose(back.token)).toMatchObject({ error: 'link-dead' });

    const shut = await slipOf(disabled.id);
    await disable(tenant, disabled.id, cause);
    expect(await choose(shut.token)).toMatchObject({ error: 'link-dead' });
    expect(await inviteUser(tenant, disabled.id, cause)).toMatchObject({ error: 'is-disabled' });

    const foreign = await newTenant();
    expect(await findInvitation(foreign, policy, second.token)).toBeUndefined();
    const [kept] = await admin()`select nonce, token_hash, code_hash from invitations where user_id = ${renewed.id}`;
    const row = JSON.stringify(kept);
    expect(row).not.toContain(second.token);
    expect(row).not.toContain(second.code);
  });
});

describe('many at once', () => {
  test('each user is changed alone, refusals are listed, and it stops without the administrator’s rights', async () => {
    const { tenant, cause, boss } = await company();
    const users = [];
    for (let n = 0; n < 60; n++)
      users.push(await newUser(tenant, { password: undefined, ...(n % 2 ? {} : { email: null }) }));
    const asked = await previewBulk(tenant, 'invite', {}, cause);
    if (!asked.ok) throw new Error(asked.error);
    expect(await startBulk(tenant, asked.id, { ...cause, actorId: users[0]?.id ?? '' })).toMatchObject({
      error: 'not-found',
    });
    expect(await startBulk(tenant, asked.id, cause)).toEqual({ ok: true });
    await runBulk(tenant, asked.id);
    expect(await findBulk(tenant, asked.id)).toMatchObject({ state: 'running', done: 50, total: 61 });
    await runBulk(tenant, asked.id);
    const over = await findBulk(tenant, asked.id);
    expect(over).toMatchObject({ state: 'done', done: 61 });
    const reasons = over?.refused.map(({ reason }) => reason) ?? [];
    expect([
      reasons.filter((one) => one === 'no-email').length,
      reasons.filter((one) => one === 'has-password').length,
    ]).toEqual([30, 1]);

    const next = await previewBulk(tenant, 'disable', { ids: users.map(({ id }) => id) }, cause);
    if (!next.ok) throw new Error(next.error);
    await startBulk(tenant, next.id, cause);
    await admin()`update users set role = 'agent' where id = ${boss.id}`;
    await runBulk(tenant, next.id);
    expect(await findBulk(tenant, next.id)).toMatchObject({ state: 'stopped', done: 0 });
    expect((await listUsers(tenant, { status: 'disabled' })).total).toBe(0);
  });
});

test('slips are created once, for users who can use one, for the administrator who asked', async () => {
  const { tenant, cause } = await company();
  const people = [await newUser(tenant, { password: undefined }), await newUser(tenant, { password: undefined })];
  const works = await newUser(tenant);
  const ids = [...people, works].map(({ id }) => id);
  const asked = await previewBulk(tenant, 'slips', { ids: [...ids, NOBODY] }, cause);
  if (!asked.ok) throw new Error(asked.error);
  const [other, foreign] = [await newUser(tenant, { role: 'administrator' }), await company()];
  expect(await makeSlips(tenant, asked.id, { ...cause, actorId: other.id })).toMatchObject({ error: 'not-found' });
  expect(await makeSlips(foreign.tenant, asked.id, cause)).toMatchObject({ error: 'not-found' });
  expect(await startBulk(tenant, asked.id, cause)).toMatchObject({ error: 'not-found' });
  const both = await Promise.all([makeSlips(tenant, asked.id, cause), makeSlips(tenant, asked.id, cause)]);
  const slips = both.flatMap((made) => (made.ok ? made.slips : []));
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  expect(slips.map(({ userId }) => userId).sort()).toEqual(people.map(({ id }) => id).sort());
  expect(await findBulk(tenant, asked.id)).toMatchObject({
    state: 'done',
    done: 3,
    refused: [{ id: works.id, reason: 'has-password' }],
  });
  const policy = await findPolicy(tenant);
  for (const { userId, code, url } of slips) {
    const opened = await openSlip(tenant, code.toUpperCase(), cause);
    if (!opened.ok) throw new Error(opened.error);
    expect(url.endsWith(opened.token)).toBe(true);
    expect(await findInvitation(tenant, policy, opened.token)).toMatchObject({ userId });
  }
  expect(await eventsOf(tenant, 'user_invite')).toHaveLength(2);
  await admin()`
    insert into users (tenant_id, username, first_name, last_name)
    select ${tenant.id}, 'many' || n, 'A', 'B' from generate_series(1, 200) n`;
  expect(await previewBulk(tenant, 'slips', {}, cause)).toMatchObject({ error: 'too-many-slips', most: 200 });
});

test('an export has the filtered users with escaped formulas, and an event', async () => {
  const { tenant, cause } = await company();
  await newUser(tenant, { username: 'quoted', firstName: 'A "B", C', lastName: 'D' });
  await admin()`update users set first_name = '=cmd()', last_name = '@sum' where tenant_id = ${tenant.id} and username = 'boss'`;
  let text = '';
  for await (const piece of exportUsers(tenant, {}, cause)) text += piece;
  expect(text.startsWith('\ufeffusername,extension,')).toBe(true);
  expect(text).toContain("'=cmd(),'@sum");
  expect(text).toContain('"A ""B"", C",D');
  let few = '';
  for await (const piece of exportUsers(tenant, { role: 'administrator' }, cause)) few += piece;
  expect(few.trim().split('\r\n')).toHaveLength(2);
  expect(await eventsOf(tenant, 'users_export')).toHaveLength(2);
});

/** Returns the ids on all pages of a list. */
async function everybody(tenant: Tenant, filter: Parameters<typeof listUsers>[1]) {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await listUsers(tenant, { ...filter, after, limit: 1000 });
    ids.push(...page.users.map(({ id }) => id));
    after = page.next;
  } while (after);
  return ids;
}

async function company() {
  const tenant: Tenant = await newTenant();
  const boss = await newUser(tenant, { username: 'boss', role: 'administrator' });
  const cause: Cause = { actorId: boss.id, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
  return { tenant, boss, cause };
}

/** How many wait for this advisory lock. */
async function waitingFor(name: string) {
  const [row] = await admin()`
    select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted
      and (classid::bigint << 32 | objid::bigint) = hashtextextended(${name}, 0)`;
  return row?.waiting;
}
