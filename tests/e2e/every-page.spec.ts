import type { Page } from 'playwright/test';
import type { Cause } from '@/lib/audit/record';
import { setSipPassword } from '@/lib/phone/accounts';
import { savePhoneSettings } from '@/lib/phone/settings';
import { recordRefusal } from '@/lib/sso/sign-in/failures';
import { beginFlow } from '@/lib/sso/sign-in/flows';
import { saveReport } from '@/lib/sso/sign-in/test-reports';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { newOperator } from '@/tests/support/operators';
import { phoneInput } from '@/tests/support/phone';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { startSamlIdp } from '@/tests/support/saml-idp';
import { codeOf } from '@/tests/support/totp';
import { atConsole, enterConsole } from './support/console';
import { inspect } from './support/inspect';
import { atRoot, expect, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { type Office, openOffice } from './support/office';
import { enterPhone, openPhoneOffice, sipLine } from './support/sip-line';

test.describe('every page: axe in both themes at 320 and 1280 px, its title in both languages, nothing cut off', () => {
  test.describe.configure({ timeout: 180_000 });

  test('the root domain, unknown and suspended addresses, the mailbox', async ({ page, trouble }) => {
    trouble.expectStatus(404);
    const office = await openOffice();
    // An address of one long word must not make the list of mails wider than a phone.
    const email = `maximilian.featherstonehaugh@wicked-sprockets-international-${Date.now()}.example`;
    await office.hire({ username: 'maximilian', email });
    await page.goto(atRoot());
    await inspect(page, 'find.title');
    const nowhere = new URL(atRoot('/sign-in'));
    nowhere.hostname = `nobody-here.${nowhere.hostname}`;
    await page.goto(nowhere.href);
    await inspect(page, 'error.unknownTitle');
    await page.goto(office.at('/no/such/page'));
    await inspect(page, 'error.notFoundTitle');
    await page.goto(office.at('/forgot-password'));
    await page.getByLabel('Username').fill('maximilian');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page).toHaveURL(office.at('/forgot-password/submitted'));
    await openMail(page, email, 'Choose a new password');
    await inspect(page, 'mailbox.title');
    await page.goto(atRoot('/dev/mailbox'));
    await inspect(page, 'mailbox.title');
  });

  test('signing in', async ({ page }) => {
    const office = await openOffice({ policy: { secondFactor: 'required' } });
    await page.goto(office.at('/sign-in?reason=idle'));
    await inspect(page, 'signIn.title');
    await typeSignIn(page, 'milo', 'not the password');
    await expect(page.getByRole('alert')).toContainText(['not right']);
    await inspect(page, 'signIn.title');
    await typeSignIn(page, 'milo', office.milo.password);
    await inspect(page, 'enroll.title');
    await page.context().clearCookies();
    await office.enrol(office.milo);
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, 'milo', office.milo.password);
    await inspect(page, 'code.title');
    await page.goto(office.at('/sign-in/recovery-code'));
    await inspect(page, 'recoveryCode.title');
  });

  test('signing in through a provider, and without passwords', async ({ page }) => {
    const office = await openOffice({ entitlements: ['single-sign-on'] });
    const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'journey', requestId: 'journey' };
    const connection = await newConnection(office.tenant, {
      label: 'Se connecter avec l’annuaire de Wicked Sprockets',
    });
    await newConnection(office.tenant);
    const code = await recordRefusal(office.tenant, connection, { reason: 'no-match', received: {} }, cause);
    await page.goto(office.at(`/sign-in?sso=${code}`));
    await expect(page.getByText(code)).toBeVisible();
    await inspect(page, 'signIn.title');
    await office.enter(page.context(), office.milo);
    await page.goto(office.at(`/sign-in?sso=${code}`));
    await expect(page.getByText('You are still signed in here as Milo Tanaka.')).toBeVisible();
    await inspect(page, 'signIn.title');
    await page.context().clearCookies();
    await page.goto(office.at(`/signed-out?t=${'a'.repeat(43)}`));
    await inspect(page, 'signedOut.title');
    await newConnection(office.tenant, { state: 'instead' });
    await page.goto(office.at('/sign-in?reason=single-sign-on'));
    await inspect(page, 'signIn.title');
    await page.goto(office.at('/sign-in/emergency'));
    await inspect(page, 'emergency.title');
    const session = await office.enter(page.context(), office.milo);
    await admin()`update sessions set connection_id = ${connection.id} where id = ${session}`;
    await open(page, office, '/settings/password', 'password.title');
    await open(page, office, '/settings/profile', 'profile.title');
    await open(page, office, '/settings/two-factor', 'twoFactor.title');
  });

  test('forgotten passwords and confirmed addresses', async ({ page, trouble }) => {
    trouble.expectStatus(410);
    const office = await openOffice({ policy: { resetStyle: 'temporary' } });
    await page.goto(office.at('/forgot-password'));
    await inspect(page, 'forgot.title');
    await page.getByLabel('Username').fill('milo');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page).toHaveURL(office.at('/forgot-password/submitted'));
    await inspect(page, 'forgot.submittedTitle');
    await page.goto(await linkIn(await openMail(page, office.milo.email, 'Reset your password')));
    await inspect(page, 'reset.temporaryTitle');
    await page.getByRole('button', { name: 'Reset my password' }).click();
    await expect(page).toHaveURL(office.at('/reset-password/done'));
    await inspect(page, 'reset.doneTitle');
    const mail = await openMail(page, office.milo.email, 'Your temporary password');
    const temporary = /[a-z2-9]{4}(?:-[a-z2-9]{4}){6}/.exec((await mail.textContent()) ?? '')?.[0] ?? '';
    await page.goto(office.at('/reset-password'));
    await inspect(page, 'reset.deadTitle');
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, 'milo', temporary);
    await inspect(page, 'newPassword.title');
    await page.goto(office.at('/confirm-email'));
    await inspect(page, 'reset.deadTitle');
    await page.goto(office.at('/confirm-email/done'));
    await inspect(page, 'confirmEmail.doneTitle');
  });

  test('the link style’s page', async ({ page }) => {
    const office = await openOffice();
    await page.goto(office.at('/forgot-password'));
    await page.getByLabel('Username').fill('milo');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page).toHaveURL(office.at('/forgot-password/submitted'));
    await page.goto(await linkIn(await openMail(page, office.milo.email, 'Choose a new password')));
    await page.getByLabel('New password', { exact: true }).fill('wicked');
    await inspect(page, 'reset.title');
  });

  test('Home and Settings', async ({ page }) => {
    const office = await openOffice();
    await office.enter(page.context(), office.ruth);
    await open(page, office, '/home', 'home.title');
    await open(page, office, '/settings/profile', 'profile.title');
    await open(page, office, '/settings/password', 'password.title');
    await open(page, office, '/settings/sessions', 'sessions.title');
    await open(page, office, '/settings/two-factor', 'twoFactor.title');
    await page.getByLabel('Password', { exact: true }).fill(office.ruth.password);
    await page.getByRole('button', { name: 'Switch on two-factor' }).click();
    await expect(page.locator('[data-manual-key]')).toBeVisible();
    await inspect(page, 'twoFactor.title');
    const secret = ((await page.locator('[data-manual-key]').textContent()) ?? '').replace(/\s/g, '');
    await page.getByLabel('New code').fill(codeOf(secret));
    await expect(page).toHaveURL(/\/recovery-codes/);
    await inspect(page, 'recoveryCodes.title');
    await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
    await expect(page).toHaveURL(office.at('/settings/two-factor'));
    await inspect(page, 'twoFactor.title');
  });

  test('the operator’s console', async ({ page }) => {
    const office = await openOffice();
    const newcomer = await newOperator({ enrolled: false, username: `new${Date.now()}` });
    await page.goto(atConsole('/operator/sign-in?reason=idle'));
    await inspect(page, 'operatorDoor.title');
    await typeSignIn(page, newcomer.username, newcomer.password);
    await inspect(page, 'enroll.title');
    const operator = await newOperator({ username: `olive${Date.now()}` });
    await page.goto(atConsole('/operator/sign-in'));
    await typeSignIn(page, operator.username, operator.password);
    await inspect(page, 'code.title');
    await page.goto(atConsole('/operator/sign-in/recovery-code'));
    await inspect(page, 'recoveryCode.title');
    await enterConsole(page.context(), operator);
    await page.goto(atConsole('/operator/account'));
    await page.locator('summary').getByText('New recovery codes', { exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, 'operatorAccount.title');
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(operator.password);
    await page.getByRole('button', { name: 'Make new codes' }).click();
    await expect(page).toHaveURL(/\/operator\/recovery-codes/);
    await inspect(page, 'recoveryCodes.title');
    for (const [path, title] of [
      ['/operator', 'tenants.title'],
      ['/operator?q=nobody-has-this', 'tenants.title'],
      ['/operator/tenants/new', 'newTenant.title'],
      [`/operator/tenants/${office.tenant.id}`, 'tenant.title'],
      ['/operator/operators', 'operators.title'],
      [`/operator/operators/${newcomer.id}`, 'operators.page'],
      ['/operator/account', 'operatorAccount.title'],
      ['/operator/audit', 'audit.title'],
    ] as const) {
      await page.goto(atConsole(path));
      await inspect(page, title);
    }
  });

  test('an administrator’s pages', async ({ page }) => {
    const office = await openOffice();
    await office.hire({
      username: 'piotr',
      firstName: 'Piotr',
      lastName: 'Nowak-Wiśniewska-Brzęczyszczykiewicz',
      status: 'disabled',
    });
    await office.enter(page.context(), office.dana);
    await open(page, office, '/admin/users', 'users.title');
    await open(page, office, '/admin/users?q=nobody', 'users.title');
    await open(page, office, `/admin/users/${office.ruth.id}`, 'user.title');
    await page.locator('summary').getByText('Reset password', { exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, 'user.title');
    await open(page, office, '/admin/security', 'security.title');
    await page.getByRole('button', { name: 'Preview the effect' }).click();
    await expect(page.getByRole('region', { name: 'What would happen' })).toBeVisible();
    await inspect(page, 'security.title');
    await open(page, office, '/admin/branding', 'branding.title');
    await open(page, office, '/admin/audit', 'audit.title');
    await open(page, office, '/admin/audit?person=reyes&event=authn_logout', 'audit.title');
    await open(page, office, '/settings/sign-ins', 'signIns.title');
    const other = await openOffice({ entitlements: [] });
    await other.enter(page.context(), other.dana);
    await open(page, other, '/admin/security', 'security.title');
    await open(page, other, '/admin/phone', 'adminPhone.title');
  });

  test('where phones connect', async ({ page, trouble }) => {
    trouble.expectStatus(409);
    const office = await openOffice({ entitlements: ['phone'] });
    const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'journey', requestId: 'journey' };
    await office.enter(page.context(), office.dana);
    await open(page, office, '/admin/phone', 'adminPhone.title');
    await open(page, office, '/admin/phone/test', 'adminPhone.testTitle');
    await savePhoneSettings(office.tenant, phoneInput({ way: 'per-user' }), cause);
    await open(page, office, '/admin/phone', 'adminPhone.title');
    await page.locator('summary').getByText('Remove settings', { exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, 'adminPhone.title');
    await open(page, office, '/admin/phone/test', 'adminPhone.testTitle');
    await page.getByRole('button', { name: 'Start the test' }).click();
    await expect(page.getByText('You have no SIP account of your own')).toBeVisible();
    await inspect(page, 'adminPhone.testTitle');
    await setSipPassword(office.tenant, office.milo.id, 'sip secret 202', cause);
    await open(page, office, `/admin/users/${office.milo.id}`, 'user.title');
  });

  test('the Phone', async ({ page }) => {
    const office = await openPhoneOffice();
    const line = await sipLine(page.context());
    await enterPhone(page.context(), office, office.milo);
    await open(page, office, '/phone', 'phone.title');
    line.call('Ruth Abrams-Brzęczyszczykiewicz of International Holdings', '1234567890');
    await open(page, office, '/home', 'home.title');
    await open(page, office, '/phone/back', 'phone.back.title');
  });

  test('single sign-on: connecting, looking after, and what went wrong', async ({ page }) => {
    const office = await openOffice({ entitlements: ['single-sign-on'] });
    await office.enter(page.context(), office.dana);
    await open(page, office, '/admin/single-sign-on', 'singleSignOn.title');
    await open(page, office, '/admin/single-sign-on/new', 'singleSignOn.new');
    await open(page, office, '/admin/single-sign-on/new/oidc', 'singleSignOn.newOidc');
    await open(page, office, '/admin/single-sign-on/new/saml', 'singleSignOn.newSaml');
    await page.getByLabel('Words on the button').fill('Company account');
    await page.getByRole('radio', { name: 'As text' }).check();
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await expect(page.getByLabel('Metadata', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await inspect(page, 'singleSignOn.newSaml');
    await open(page, office, '/admin/single-sign-on/failures?code=pink-yak-11', 'singleSignOn.failures');
    await open(page, office, '/admin/single-sign-on/rules', 'singleSignOn.rules');
  });

  test('single sign-on: connections, their tests, failures and dates', async ({ page }) => {
    const office = await openOffice({ entitlements: ['single-sign-on'] });
    await office.enter(page.context(), office.dana);
    const { saml, failed, report } = await newHistory(office);
    await newConnection(office.tenant, { label: 'Kettle ID', state: 'draft' });
    await open(page, office, '/admin/single-sign-on', 'singleSignOn.title');
    await open(page, office, `/admin/single-sign-on/${saml.id}`, 'singleSignOn.connection');
    await open(page, office, `/admin/single-sign-on/${saml.id}/edit`, 'singleSignOn.editTitle');
    await open(page, office, `/admin/single-sign-on/${saml.id}/test?flow=${report}`, 'singleSignOn.testTitle');
    await open(page, office, `/admin/single-sign-on/${saml.id}/test`, 'singleSignOn.testTitle');
    await open(page, office, '/admin/single-sign-on/failures', 'singleSignOn.failures');
    await open(page, office, `/admin/single-sign-on/failures/${failed}`, 'singleSignOn.failure');
    await open(page, office, '/admin/single-sign-on/expiry', 'singleSignOn.expiry');
    await open(page, office, `/admin/users/${office.dana.id}`, 'user.title');
  });
});

/**
 * A connection that has been tested and has refused somebody, with the long names that real ones
 * have.
 */
async function newHistory({ tenant, dana }: Office) {
  const provider = await startSamlIdp();
  const saml = await newSamlConnection(tenant, provider, { label: 'Wicked Sprockets International Holdings account' });
  await provider.stop();
  const long = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
  const received = {
    issuer: provider.entityId,
    audience: `${provider.url}/another/application`,
    [long]: 'm@x.example',
  };
  const cause = { actorId: null, address: '2001:db8:85a3::8a2e:370:7334', userAgent: 'journey', requestId: saml.id };
  const failed = await recordRefusal(tenant, saml, { reason: 'audience', received }, cause);
  const start = { purpose: 'test', returnTo: null, userId: dana.id, requestId: null, browser: undefined } as const;
  const { flow } = await beginFlow(tenant, saml.id, start);
  const checks = [
    { name: 'signature', ok: true, detail: { algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' } },
    { name: 'audience', ok: false, detail: { received: received.audience, expected: saml.issuer } },
  ] as const;
  await saveReport(tenant, flow.id, { ok: false, reason: 'audience', checks: [...checks], received });
  return { saml, failed, report: flow.id };
}

async function open(page: Page, office: Office, path: string, title: string) {
  await page.goto(office.at(path));
  await inspect(page, title);
}
