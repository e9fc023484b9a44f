import { expect, test } from 'vitest';
import { startApp } from '@/tests/support/app';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { earlyInStep } from '@/tests/support/early-in-step';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD } from '@/tests/support/users';

/** Settings under which a process takes the time to be `ms` later than it is. */
function off(ms: number) {
  const source = `const now = Date.now; Date.now = () => now() + ${ms};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

test.each([
  ['two minutes fast', 120_000],
  ['two minutes slow', -120_000],
  ['three hours fast', 3 * 3_600_000],
])('a service whose clock is %s says so in log and health, and never blames the phone', async (_, ms) => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { secret } = await enrolled(tenant, user);
  const app = await startApp(off(ms));
  try {
    const alerts = () => app.output().match(/"alert":"our clock and the database’s differ"/g) ?? [];
    await expect.poll(alerts).toHaveLength(1);
    const browser = visitor({ port: app.port, host: tenant.host });
    const health = await browser.get('/api/health');
    expect(health.status).toBe(200);
    const told = JSON.parse(health.body);
    expect(told).toMatchObject({ ready: true, clock: false });
    expect(Math.abs(told.clockSkewSeconds + ms / 1000)).toBeLessThan(5);
    await browser.signIn(user.username, PASSWORD);
    for (let attempt = 0; attempt < 6; attempt++) {
      await earlyInStep();
      const answer = await browser.submit('/sign-in/code', { code: codeOf(secret) });
      expect(answer.message).toMatch(/This service’s clock may be wrong/);
    }
    const french = visitor({ port: app.port, host: tenant.host, locale: 'fr' });
    await french.signIn(user.username, PASSWORD);
    const answer = await french.submit('/sign-in/code', { code: codeOf(secret) });
    expect(answer.message).toMatch(/L’horloge de ce service/);
    const [tries] = await admin()`
      select coalesce(sum(fails), 0)::int as tries from throttles where user_id = ${user.id} and kind = 'code'`;
    expect(tries).toEqual({ tries: 0 });
  } finally {
    await app.stop();
  }
});

test('a service whose clock is right says so, and still names a phone that is off', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { secret } = await enrolled(tenant, user);
  const app = await startApp();
  try {
    const browser = visitor({ port: app.port, host: tenant.host });
    expect(JSON.parse((await browser.get('/api/health')).body)).toMatchObject({ ready: true, clock: true });
    await browser.signIn(user.username, PASSWORD);
    await earlyInStep();
    const answer = await browser.submit('/sign-in/code', { code: codeOf(secret, -4) });
    expect(answer.message).toMatch(/your phone’s clock seems to be 2 minutes slow/);
    expect(app.output()).not.toMatch(/clock/);
  } finally {
    await app.stop();
  }
});
