import { setSipPassword } from '@/lib/phone/accounts';
import { admin } from '@/tests/support/clock';
import { callWith, cause, connect, dial, expect, hearing, press, ready, stateOf, test } from './desk';
import { rawCaller } from './raw-caller';
import { startSilentTurn, startTurn } from './turn';

/** What goes wrong round a phone, and what it does about it. */

const SOON = { timeout: 20_000 };

test('the server goes away during a call: the call continues, and both are ready within ten seconds of its return', async ({
  company,
  sitDown,
}) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await company.sip.stop();
  await expect(stateOf(milo)).toContainText('The phone server does not answer');
  await hearing(milo, dana);
  await company.sip.startAgain();
  const back = Date.now();
  await ready(milo, dana);
  expect(Date.now() - back).toBeLessThan(10_000);
  await hearing(milo, dana);
  await press(milo, 'Dana Reyes', 'Hang up');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('The call is over');
});

test('a server that was away from the beginning is found by itself', async ({ company, sitDown }) => {
  await company.sip.stop();
  const milo = await sitDown(company.milo);
  await expect(stateOf(milo)).toContainText('The phone server does not answer', SOON);
  await company.sip.startAgain();
  const back = Date.now();
  await ready(milo);
  expect(Date.now() - back).toBeLessThan(10_000);
});

test('wrong credentials are reported, and the phone is ready once the secret is fixed', async ({
  company,
  sitDown,
}) => {
  await company.set({ secret: 'not-the-secret-of-the-server' });
  const milo = await sitDown(company.milo);
  await expect(stateOf(milo)).toContainText('The phone server refuses extension 202', SOON);
  expect(await company.sip.registered()).toEqual([]);
  await company.set();
  await milo.getByRole('button', { name: 'Try again' }).click();
  await ready(milo);
});

test('credentials are renewed before the registration ends, and without an extension no more', async ({
  company,
  sitDown,
}) => {
  await company.sip.stop();
  await company.sip.startAgain({ expires: 10 });
  const milo = await sitDown(company.milo);
  await ready(milo);
  const renewal = () => milo.waitForResponse(/\/api\/phone\/credentials$/, SOON);
  expect((await renewal()).status()).toBe(200);
  await expect(stateOf(milo)).toContainText('Ready');
  expect(await company.sip.registered()).toEqual(['202']);
  await admin()`update users set extension = null where id = ${company.milo.id}`;
  expect((await renewal()).status()).toBe(403);
  await expect(stateOf(milo)).toContainText('You have no phone any more');
  await expect.poll(() => company.sip.registered()).toEqual([]);
});

test('a session that has ended takes its phone with it', async ({ company, sitDown }) => {
  await company.sip.stop();
  await company.sip.startAgain({ expires: 10 });
  const milo = await sitDown(company.milo);
  await ready(milo);
  await admin()`delete from sessions where user_id = ${company.milo.id}`;
  await milo.waitForURL(/\/sign-in\?reason=ended&return_to=%2Fphone/, SOON);
  await expect.poll(() => company.sip.registered()).toEqual([]);
});

test('a TURN server takes the same credentials', async ({ company, sitDown }) => {
  const turn = await startTurn(company.sip.secret);
  await company.set({ iceServers: [turn.url] });
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await expect.poll(() => turn.log()).toMatch(/ALLOCATE processed, success/);
  expect(turn.log()).not.toMatch(/error 401: Unauthorized.*\n.*error 401: Unauthorized.*\n.*giving up/);
  await turn.remove();
});

test('a TURN server that does not answer keeps nobody waiting', async ({ company, sitDown }) => {
  const turn = await startSilentTurn();
  await company.set({ iceServers: [turn.url] });
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  const pressed = Date.now();
  await dial(milo, '201');
  await press(dana, 'Milo Tanaka', 'Answer');
  await hearing(milo, dana);
  expect(Date.now() - pressed).toBeLessThan(15_000);
  await turn.remove();
});

test('a thousand calls in a minute: a few are shown, the rest are refused as busy, and the page answers', async ({
  company,
  sitDown,
}) => {
  const [dana, ruth] = await Promise.all([sitDown(company.dana), sitDown(company.ruth)]);
  await ready(dana, ruth);
  const caller = await rawCaller(ruth, company.sip, '207');
  const answers = await caller.invite('201', 1000);
  expect(answers[486]).toBeGreaterThanOrEqual(990);
  expect(await dana.getByRole('button', { name: /^(Answer|Hold and answer)$/ }).count()).toBeLessThanOrEqual(2);
  await dana.getByLabel('Number', { exact: true }).fill('2');
  await expect(stateOf(dana)).toContainText('Ready');
});

test('a caller’s name is shown as plain words, whatever it holds', async ({ company, sitDown }) => {
  const [dana, ruth] = await Promise.all([sitDown(company.dana), sitDown(company.ruth)]);
  await ready(dana, ruth);
  const caller = await rawCaller(ruth, company.sip, '299');
  await caller.invite('201', 1, '<img src=x onerror=alert(1)>\u202eevil');
  await expect(callWith(dana, '<img src=x onerror=alert(1)>evil')).toContainText('Incoming call');
});

test('a user with their own password at the SIP server registers and calls', async ({ company, sitDown }) => {
  await company.sip.stop();
  await company.sip.startAgain({ accounts: { 202: 'his own' } });
  await company.set({ way: 'per-user', secret: '' });
  const kept = await setSipPassword(company.tenant, company.milo.id, 'his own', cause);
  expect(kept).toEqual({ ok: true });
  const milo = await sitDown(company.milo);
  await ready(milo);
  expect(await company.sip.registered()).toEqual(['202']);
});

test('a network lost during a call is shown and restored, and the call continues', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await milo.context().setOffline(true);
  await expect(stateOf(milo)).toContainText('This computer has no network');
  await milo.context().setOffline(false);
  await ready(milo);
  await hearing(milo, dana);
  await press(dana, 'Milo Tanaka', 'Hang up');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('The call is over');
});
