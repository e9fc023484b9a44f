import { randomBytes } from 'node:crypto';
import { env } from '@/lib/env';
import { expect, signIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

const domain = `portal-${randomBytes(4).toString('hex')}.own-domain.test`;

test.use({
  launchOptions: [
    async ({ launchOptions }, use) => {
      const resolve = `--host-resolver-rules=MAP ${domain} 127.0.0.1`;
      const trust = `--unsafely-treat-insecure-origin-as-secure=http://${domain}:${env().publicUrl.port}`;
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), resolve, trust] });
    },
    { scope: 'worker' },
  ],
});

test('a company with a custom domain signs in there', async ({ page }) => {
  const office = await openOffice({ domain });
  await page.goto(office.at('/settings/password'));
  expect(new URL(page.url()).hostname).toBe(domain);
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/settings/password'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(office.at('/sign-in?reason=signed-out'));
  await signIn(page, office, office.dana);
});
