import type { BrowserContext, Page, WebSocketRoute } from 'playwright/test';
import { SIP_SECRET, SOCKET } from '@/tests/support/phone';
import { alertIn, confirm, expect, statusIn, test } from './support/journey';
import { openOffice } from './support/office';

test('an administrator sets where phones connect, tries it, and takes it away again', async ({ page, trouble }) => {
  trouble.expectStatus(409);
  const office = await openOffice({ entitlements: ['phone'] });
  const server = await sipServer(page.context());
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/phone'));
  await expect(page.getByText('Nobody has a phone yet')).toBeVisible();

  await page.getByLabel('SIP domain', { exact: true }).fill('kettle.example');
  await page.getByLabel('Address of the WebSocket').fill('https://sip.kettle.example/ws');
  await page.getByLabel('Shared secret', { exact: true }).fill(SIP_SECRET);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(alertIn(page)).toContainText('Check');
  await expect(page.getByText('Write an address such as wss://')).toBeVisible();

  await page.getByLabel('Address of the WebSocket').fill(SOCKET);
  await page.getByLabel('STUN and TURN servers').fill('turn:127.0.0.1');
  await page.getByLabel('Country').selectOption({ label: 'Canada' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The phone settings are saved. Test them now.');
  await expect(page.getByText('Everybody with an extension has a phone.')).toBeVisible();

  const trial = await openTest(page, /Test the settings/);
  await trial.getByRole('button', { name: 'Start the test' }).click();
  await expect(trial.getByText('Phones can register with these settings.')).toBeVisible({ timeout: 20_000 });
  await expect(trial.getByRole('listitem').filter({ hasText: 'Registration' })).toContainText('Good:');
  await expect(trial.getByText('did not give out a way within ten seconds')).toBeVisible();
  // An extension that nobody has, with the name that the secret proves, and gone again.
  expect(server.registered()).toEqual([[expect.stringMatching(/^\d+:test-[0-9a-f]{8}$/), 60, 0]]);

  server.behave('forbids');
  await trial.getByRole('button', { name: 'Test again' }).click();
  await expect(trial.getByText('does not let this account register (403)')).toBeVisible();
  await expect(trial.getByText('Phones cannot register yet.')).toBeVisible({ timeout: 20_000 });
  server.behave('refuses');
  await trial.getByRole('button', { name: 'Test again' }).click();
  await expect(trial.getByText('The shared secret differs')).toBeVisible();
  server.behave('is shut');
  await trial.getByRole('button', { name: 'Test again' }).click();
  await expect(trial.getByText('could not be opened')).toContainText(office.at('/').slice(0, -1));
  await trial.close();

  await confirm(page, 'Remove settings', /Remove the phone settings of/);
  await expect(statusIn(page)).toHaveText('The phone settings are removed.');
  await expect(page.getByText('Nobody has a phone yet')).toBeVisible();
});

test('in French, with an account per user', async ({ page, trouble }) => {
  trouble.expectStatus(409);
  const office = await openOffice({ entitlements: ['phone'], locale: 'fr' });
  const server = await sipServer(page.context());
  await page.context().addCookies([{ name: 'lang', value: 'fr', url: office.at('/') }]);
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/phone'));
  await page.getByLabel('Domaine SIP', { exact: true }).fill('kettle.example');
  await page.getByLabel('Adresse du WebSocket').fill(SOCKET);
  await page.getByRole('radio', { name: 'Un compte par personne' }).check();
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(statusIn(page)).toHaveText('Les paramètres du téléphone sont enregistrés. Testez-les maintenant.');

  const trial = await openTest(page, /Tester les paramètres/);
  await trial.getByRole('button', { name: 'Lancer le test' }).click();
  await expect(trial.getByText('Vous n’avez pas de compte SIP')).toBeVisible();

  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await page.getByLabel('Mot de passe SIP de 201@kettle.example').fill('sip secret 201');
  await page.getByRole('button', { name: 'Définir le mot de passe SIP' }).click();
  await expect(statusIn(page)).toHaveText('Le mot de passe SIP est défini.');
  await trial.getByRole('button', { name: 'Tester de nouveau' }).click();
  await expect(trial.getByText('Les téléphones peuvent s’inscrire avec ces paramètres.')).toBeVisible();
  await expect(trial.getByText('Aucun serveur TURN n’est défini')).toBeVisible();
  expect(server.registered()).toEqual([['201', 60, 0]]);
});

async function openTest(page: Page, name: RegExp) {
  const [trial] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name }).click()]);
  return trial;
}

type Behaviour = 'accepts' | 'refuses' | 'forbids' | 'is shut';

/** A SIP server's WebSocket as far as registering needs it, in the place of the real one. */
async function sipServer(context: BrowserContext) {
  let behaviour: Behaviour = 'accepts';
  const seen: { user: string; expires: number }[] = [];
  await context.routeWebSocket(SOCKET, (socket) => {
    if (behaviour === 'is shut') return void socket.close();
    socket.onMessage((message) => answer(socket, String(message)));
  });

  function answer(socket: WebSocketRoute, request: string) {
    if (!request.startsWith('REGISTER ')) return;
    const user = /^Authorization: Digest .*username="([^"]*)"/m.exec(request)?.[1];
    if (behaviour === 'forbids') return socket.send(response(request, '403 Forbidden'));
    if (!user || behaviour === 'refuses')
      return socket.send(
        response(request, '401 Unauthorized', [
          `WWW-Authenticate: Digest realm="kettle.example", nonce="n${seen.length}"`,
        ]),
      );
    const expires = Number(/expires[=:]\s*(\d+)/i.exec(request)?.[1]);
    seen.push({ user, expires });
    const contact = /^Contact: (.*)$/m.exec(request)?.[1];
    return socket.send(response(request, '200 OK', expires > 0 ? [`Contact: ${contact}`] : []));
  }

  return {
    behave: (how: Behaviour) => {
      behaviour = how;
    },
    /** Who has registered, and for how many seconds each time. */
    registered: () =>
      [...new Set(seen.map(({ user }) => user))].map((user) => [
        user,
        ...seen.filter((one) => one.user === user).map(({ expires }) => expires),
      ]),
  };
}

/** The answer to a request over a WebSocket: what a response repeats of it (RFC 3261, 8.2.6). */
function response(request: string, status: string, more: string[] = []) {
  const repeated = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
  const to = `${/^To: .*$/m.exec(request)?.[0].trim()};tag=server`;
  return [`SIP/2.0 ${status}`, ...repeated, to, ...more, 'Content-Length: 0', '', ''].join('\r\n');
}
