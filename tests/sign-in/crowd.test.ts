import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { median } from '@/tests/support/median';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

/**
 * What one instance bears. No other file runs beside this one: hashing gives way to everything else
 * on the machine.
 */

const running = instances(1);

test('two hundred sign-ins at once: each succeeds or gets Retry-After, and the server keeps answering', {
  timeout: 90_000,
}, async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const [like] = await admin()`select hash from passwords where user_id = ${user.id}`;
  await admin()`
    with made as (
      insert into users (tenant_id, username, first_name, last_name)
      select ${tenant.id}, 'crowd' || n, 'Some', 'One' from generate_series(1, 200) n returning id)
    insert into passwords (tenant_id, user_id, hash) select ${tenant.id}, id, ${like?.hash} from made`;
  const form = await at(tenant).form('/sign-in', ['username', 'password']);
  let open = true;
  const health: number[] = [];
  const watching = (async () => {
    while (open) health.push((await at(tenant).get('/api/health')).ms);
  })();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      at(tenant, { from: `127.0.3.${index + 1}` }).post('/sign-in', form, {
        username: `crowd${index + 1}`,
        password: PASSWORD,
      }),
    ),
  );
  open = false;
  await watching;
  const inside = answers.filter((answer) => answer.location === '/home');
  const later = answers.filter((answer) => answer.status === 503);
  expect(inside.length + later.length).toBe(200);
  expect(inside.length).toBeGreaterThan(80);
  for (const answer of later) {
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.message).toMatch(/very busy|cannot be reached/);
  }
  expect(median(health)).toBeLessThan(300);
  expect(memoryOf(running.app().pid)).toBeLessThan(450);
  const [{ tries } = { tries: 0 }] = await admin()`
    select count(*)::int as tries from throttles where tenant_id = ${tenant.id} and fails > 0`;
  expect(tries).toBe(0);
  expect((await at(tenant).signIn('crowd1', PASSWORD)).location).toBe('/home');
});

function at(tenant: { host: string }, { from }: { from?: string } = {}) {
  return visitor({ port: running.app().port, host: tenant.host, from });
}

function memoryOf(pid: number) {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}
