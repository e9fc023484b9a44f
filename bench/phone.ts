import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright';
import { savePhoneSettings } from '@/lib/phone/settings';
import { openOffice } from '@/tests/e2e/support/office';
import { startKamailio } from '@/tests/sip/kamailio';
import { CHROMIUM_ARGS, ensureChromium } from '@/tests/support/chromium';
import { phoneInput } from '@/tests/support/phone';
import startProduct from '@/tests/support/playwright-global';

/**
 * A process of its own, because it has a product of its own: plain HTTP on this machine, where a
 * browser goes without certificates.
 */

type Question = { emptyPage: string; rounds: number };
export type PhoneAnswer = { ready: number[]; scripts: number; base: number };

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await measure(question)));

async function measure({ emptyPage, rounds }: Question): Promise<PhoneAnswer> {
  const stop = await startProduct();
  const sip = await startKamailio();
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    const office = await openOffice({ entitlements: ['phone'] });
    const { domain, socket, secret } = sip;
    const cause = { actorId: null, address: '127.0.0.1', userAgent: 'bench', requestId: 'bench' };
    const saved = await savePhoneSettings(office.tenant, phoneInput({ domain, socket, secret }), cause);
    if (!saved.ok) throw new Error(saved.error);
    const ready: number[] = [];
    for (let round = 0; round < rounds; round++) ready.push(await signInToReady(browser, office));
    return {
      ready,
      scripts: await scriptBytes(browser, (page) => enterPhone(page, office)),
      base: await scriptBytes(browser, async (page) => void (await page.goto(emptyPage, { waitUntil: 'networkidle' }))),
    };
  } finally {
    await browser.close();
    await sip.remove();
    await stop();
  }
}

type Office = Awaited<ReturnType<typeof openOffice>>;

/**
 * Returns the milliseconds from Sign in pressed to a phone that is ready, in a browser that has
 * been here before.
 */
async function signInToReady(browser: Browser, office: Office) {
  const context = await browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  await page.goto(office.at('/sign-in'), { waitUntil: 'networkidle' });
  await page.getByLabel('Username').fill(office.milo.username);
  await page.getByLabel('Password', { exact: true }).fill(office.milo.password);
  const pressed = performance.now();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await isReady(page);
  const took = performance.now() - pressed;
  await context.close();
  return took;
}

async function enterPhone(page: Page, office: Office) {
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/phone'));
  await isReady(page);
}

async function isReady(page: Page) {
  await page.getByRole('status', { name: 'State of the phone' }).getByText('Ready').waitFor({ timeout: 20_000 });
}

/** Returns the gzipped size of every script that the browser fetches meanwhile. */
async function scriptBytes(browser: Browser, visit: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  });
  await visit(page);
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await context.close();
  return sizes.reduce((total, size) => total + size, 0);
}
