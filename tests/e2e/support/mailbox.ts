import { expect, type Page } from 'playwright/test';
import { atRoot } from './journey';

/**
 * Opens the newest mail to an address with a subject on the mailbox page, as soon as it is there.
 */
export async function openMail(page: Page, to: string | null, subject: string) {
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: to ?? '', exact: true }) })
    .filter({ has: page.getByRole('link', { name: subject, exact: true }) })
    .first();
  await expect(async () => {
    await page.goto(atRoot('/dev/mailbox'));
    await expect(row).toBeVisible({ timeout: 250 });
  }).toPass({ timeout: 20_000, intervals: [100, 200, 400] });
  await row.getByRole('link', { name: subject, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(subject);
  return page.getByRole('main');
}

/** The address that the mail's button and its plain link lead to. */
export async function linkIn(mail: ReturnType<Page['getByRole']>) {
  const link = mail.getByRole('link', { name: /\/(reset-password|confirm-email|welcome)\// });
  return (await link.first().getAttribute('href')) ?? '';
}
