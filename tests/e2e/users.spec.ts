import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright/test';
import { admin as database } from '@/tests/support/clock';
import { NEW_PASSWORD } from '@/tests/support/users';
import { scan } from './support/camera';
import { alertIn, confirm, expect, statusIn, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('an added user is invited by mail, chooses a password and is signed in', async ({ page, visit }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users'));
  await page.getByRole('link', { name: 'Add user' }).click();
  await page.getByLabel('First name').fill('Nina');
  await page.getByLabel('Last name').fill('Okafor');
  await page.getByLabel('Username').fill('milo');
  await page.getByLabel('E-mail address').fill('nina@wicked.example');
  await page.getByRole('button', { name: 'Add user' }).click();
  await expect(page.getByText('This is already in use.')).toBeVisible();
  await page.getByLabel('Username').fill('Nina.Okafor');
  await page.getByLabel('Extension').fill('230');
  await page.getByRole('button', { name: 'Add user' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nina Okafor');
  await expect(page.getByText(/The invitation is on its way|Invited by mail/)).toBeVisible();

  const nina = await visit();
  const mail = await openMail(nina, 'nina@wicked.example', 'Your account is ready');
  await expect(mail).toContainText('An account has been made for you at Wicked Sprockets.');
  const link = await linkIn(mail);
  await nina.goto(link);
  await expect(nina).toHaveURL(office.at('/welcome'));
  await expect(nina.getByText('nina.okafor or 230')).toBeVisible();
  await nina.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await nina.getByLabel('Repeat the new password').fill(NEW_PASSWORD);
  await nina.getByRole('button', { name: 'Save' }).click();
  await expect(nina).toHaveURL(office.at('/sign-in?reason=welcome'));
  await typeSignIn(nina, '230', NEW_PASSWORD);
  await expect(nina).toHaveURL(office.at('/home'));
  const again = await visit();
  await again.goto(link);
  await expect(again.getByRole('heading', { level: 1 })).toHaveText('This invitation is no longer good');
});

test('a slip with a QR code for a user without email is shown once, and can be scanned or typed', async ({
  page,
  visit,
  browser,
  trouble,
}) => {
  trouble.expectStatus(410);
  const office = await openOffice();
  const ola = await office.hire({
    username: 'ola',
    firstName: 'Ola',
    lastName: 'Berg',
    email: null,
    password: undefined,
  });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${ola.id}`));
  await expect(page.getByText('no password and no e-mail address: print a slip.')).toBeVisible();
  await confirm(page, 'Print a slip', 'Make a slip for Ola Berg?');
  const slip = page.getByRole('article', { name: 'Welcome, Ola' });
  await expect(slip).toContainText('Your account at Wicked Sprockets');
  const code = (await slip.locator('[data-slip-code]').textContent()) ?? '';
  expect(code).toMatch(/^([2-9a-z]{4}-){3}[2-9a-z]{4}$/);
  const { address } = await scan(browser, slip.getByRole('img'));
  expect(address.href).toMatch(new RegExp(`^${office.at('/welcome/')}`));
  await page.reload();
  await expect(slip).toHaveCount(0);
  await expect(page.getByText('A slip was made; it works until')).toBeVisible();

  const desk = await visit();
  await desk.goto(office.at('/welcome'));
  await desk.getByLabel('Code').fill('aaaa-bbbb-cccc-dddd');
  await desk.getByRole('button', { name: 'Continue' }).click();
  await expect(desk.getByText('This code is not right')).toBeVisible();
  await desk.getByLabel('Code').fill(code.replaceAll('-', ' ').toUpperCase());
  await desk.getByRole('button', { name: 'Continue' }).click();
  await expect(desk.getByText('Hello Ola.')).toBeVisible();
  const phone = await visit();
  await phone.goto(address.href);
  await expect(phone.getByText('Hello Ola.')).toBeVisible();
  for (const device of [desk, phone]) {
    await device.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await device.getByLabel('Repeat the new password').fill(NEW_PASSWORD);
  }
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk).toHaveURL(office.at('/sign-in?reason=welcome'));
  await phone.getByRole('button', { name: 'Save' }).click();
  await expect(alertIn(phone)).toContainText('no longer good');
});

test('a result is shown once: a withdrawn invitation is no longer pending, and its slip is gone', async ({ page }) => {
  const office = await openOffice();
  await office.hire({ username: 'ola', firstName: 'Ola', lastName: 'Berg', password: undefined });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users?q=ola'));
  await page.getByRole('link', { name: 'Ola Berg' }).click();
  await expect(page.getByText('There is no invitation to take back.')).toBeVisible();
  await confirm(page, 'Invite by mail', 'Invite Ola Berg by mail?');
  await expectOnly(page, 'The invitation is on its way.');
  await confirm(page, 'Print a slip', 'Make a slip for Ola Berg?');
  await expectOnly(page, 'The slip is below. Print it now: it is shown only this once.');
  await confirm(page, 'Take back', 'Take back the invitation of Ola Berg?');
  await expectOnly(page, 'The invitation is taken back.');
  await expect(page.getByRole('article', { name: 'Welcome, Ola' })).toHaveCount(0);
});

test('filters without a match say so', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users?status=locked'));
  await expect(page.getByRole('heading', { name: 'Nobody fits these filters' })).toBeVisible();
});

test('when two administrators edit the same user, the second sees what the first saved', async ({
  page,
  visit,
  trouble,
}) => {
  trouble.expectStatus(409);
  const office = await openOffice();
  const other = await visit();
  await office.enter(page.context(), office.dana);
  await office.enter(other.context(), office.dana);
  for (const one of [page, other]) await one.goto(office.at(`/admin/users/${office.milo.id}/edit`));
  await page.getByLabel('Last name').fill('Tanaka-Roy');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Milo Tanaka-Roy');
  await other.getByLabel('Extension').fill('299');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(alertIn(other)).toContainText('Someone else saved changes after you opened this form.');
  await expect(other.getByText('Now saved: Tanaka-Roy')).toBeVisible();
  await expect(other.getByText('Now saved: 202')).toBeVisible();
  await other.getByLabel('Last name').fill('Tanaka-Roy');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Milo Tanaka-Roy');
  await expect(other.getByText('299')).toBeVisible();
});

test('Delete asks by name, and neither oneself nor the last administrator', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await expect(page.locator('summary').getByText('Delete', { exact: true })).toHaveCount(0);
  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await confirm(page, 'Delete', 'Delete Milo Tanaka?');
  await expect(page).toHaveURL(office.at('/admin/users?done=deleted'));
  await expect(page.getByText('The user is deleted.')).toBeVisible();
  await expect(page.getByText('2 people')).toBeVisible();
  await page.goto(office.at('/admin/audit'));
  await expect(page.getByText('Dana Reyes deleted Milo Tanaka.')).toBeVisible();
});

test('Many at once: chosen, confirmed by name, done with progress, refusals listed', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users'));
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(alertIn(page)).toContainText('Nobody is chosen.');
  await page.getByLabel('Choose everybody on this page').check();
  await page.getByRole('combobox', { name: 'What' }).selectOption({ label: 'Disable' });
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'Disable 3 people?' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Milo Tanaka' })).toBeVisible();
  await page.getByRole('button', { name: 'Do it' }).click();
  await expect(page.getByText('Done for 2 people.')).toBeVisible();
  const left = page.getByRole('row').filter({ hasText: 'Dana Reyes' });
  await expect(left).toContainText('You cannot disable yourself this way.');
  await page.goto(office.at('/admin/users?status=disabled'));
  await expect(page.getByText('2 people')).toBeVisible();
});

for (const { locale, words } of [
  {
    locale: 'en',
    words: {
      take: 'Continue',
      check: 'Check',
      apply: 'Apply',
      question: 'Add 2 people and change 1 person?',
      leave: 'Leave out the refused line',
      done: 'Done: 2 people added, 1 person changed.',
      refused: 'Refused (1)',
      why: 'The role is neither agent nor administrator.',
      must: '1 line was refused.',
      report: 'Download the report',
      export: 'Export',
    },
  },
  {
    locale: 'fr',
    words: {
      take: 'Continuer',
      check: 'Vérifier',
      apply: 'Appliquer',
      question: 'Ajouter 2 personnes et modifier 1 personne ?',
      leave: 'Laisser de côté la ligne refusée',
      done: 'Terminé : 2 personnes ajoutées, 1 personne modifiée.',
      refused: 'Refusées (1)',
      why: 'Le rôle n’est ni agent ni administrateur.',
      must: '1 ligne a été refusée.',
      report: 'Télécharger le rapport',
      export: 'Exporter',
    },
  },
]) {
  test(`an import in ${locale} is uploaded, checked, applied and reported`, async ({ page }) => {
    const office = await openOffice();
    await database()`update users set locale = ${locale} where id = ${office.dana.id}`;
    await office.enter(page.context(), office.dana);
    await page.goto(office.at('/admin/users/import'));
    const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') });
    const input = page.locator('input[type=file]');
    await input.setInputFiles({ ...file('people.xlsx', 'PK\x03\x04nothing'), mimeType: 'application/zip' });
    await page.getByRole('button', { name: words.take }).click();
    await expect(input).toHaveAttribute('aria-invalid', 'true');
    await input.setInputFiles(
      file(
        'liste.csv',
        'Prénom;Nom;Nom d’utilisateur;Poste;Courriel;Rôle\r\nÈve;Côté;eve.cote;301;eve@wicked.example;agent\nTom;Lee;tom;;;\rMilo;Tanaka;milo;;milo@new.example;\nX;Y;wrong;;;owner'.replace(
          '’',
          '',
        ),
      ),
    );
    await page.getByRole('button', { name: words.take }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('liste.csv');
    await page.getByRole('button', { name: words.check, exact: true }).click();
    await page.getByRole('link', { name: words.refused }).click();
    await expect(page.getByText(words.why)).toBeVisible();
    await confirm(page, words.apply, words.question);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(words.must);
    await dialog.getByLabel(words.leave).check();
    await dialog.getByRole('button', { name: words.apply }).click();
    await expect(page.getByText(words.done)).toBeVisible();
    const [eve] =
      await database()`select last_name, extension from users where tenant_id = ${office.tenant.id} and username = 'eve.cote'`;
    expect(eve).toEqual({ last_name: 'Côté', extension: '301' });
    const saved = async (link: Locator) => {
      const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
      return readFileSync(await file.path(), 'utf8');
    };
    expect(await saved(page.getByRole('link', { name: words.report }).first())).toMatch(/X Y wrong\s+owner,/);
    await page.goto(office.at('/admin/users'));
    const exported = await saved(page.getByRole('link', { name: words.export }));
    expect(exported).toContain('eve.cote,301,Ève,Côté,eve@wicked.example,agent,,active,off,');
  });
}

test('a second factor required of one user is set up at the next sign-in', async ({ page, visit }) => {
  const office = await openOffice();
  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await confirm(page, 'Ask for a second factor', 'Ask Milo Tanaka for a second factor?');
  await expect(statusIn(page)).toHaveText('A second factor is now asked for.');
  await milo.reload();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=ended'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/sign-in/enroll'));
});

async function expectOnly(page: Page, words: string) {
  await expect(statusIn(page).filter({ hasText: words })).toBeVisible();
  await expect(statusIn(page)).toHaveCount(1);
}
