import { type BrowserContext, test as base, expect, type Page } from 'playwright/test';
import { savePhoneSettings } from '@/lib/phone/settings';
import type { PhoneInput } from '@/lib/phone/settings-form';
import { type Office, openOffice } from '@/tests/e2e/support/office';
import { type Kamailio, startKamailio } from '@/tests/sip/kamailio';
import { phoneInput } from '@/tests/support/phone';
import type { Person } from '@/tests/support/users';

export { expect };

type Company = Office & { sip: Kamailio; set: (phone?: Partial<PhoneInput>) => Promise<void> };

type Fixtures = {
  /** A company with a SIP server of its own: Dana at 201, Milo at 202, Ruth at 207. */
  company: Company;
  /** A browser of its own for somebody: signed in, at the page that is asked for. */
  sitDown: (person: Person, path?: string) => Promise<Page>;
};

export const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from here that it needs nothing
  company: async ({}, use) => {
    const sip = await startKamailio();
    const office = await openOffice({ entitlements: ['phone', 'security-policies'] });
    const set = async (phone: Partial<PhoneInput> = {}) => {
      const { domain, socket, secret } = sip;
      const saved = await savePhoneSettings(office.tenant, phoneInput({ domain, socket, secret, ...phone }), cause);
      if (!saved.ok) throw new Error(`no phone settings: ${saved.error}`);
    };
    await set();
    await use({ ...office, sip, set });
    await sip.remove();
  },
  sitDown: async ({ browser, company }, use) => {
    const contexts: BrowserContext[] = [];
    const breaches: string[] = [];
    await use(async (person, path = '/phone') => {
      const context = await browser.newContext({ permissions: ['microphone', 'notifications'] });
      contexts.push(context);
      context.on('console', (line) => {
        if (/Content Security Policy|Permissions policy/i.test(line.text())) breaches.push(line.text());
      });
      context.on('weberror', (error) => breaches.push(String(error.error())));
      await context.addInitScript(keepConnections);
      await company.enter(context, person);
      const page = await context.newPage();
      await page.goto(company.at(path));
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(breaches).toEqual([]);
  },
});

/** The connections of a page's calls, so that a test can look at what they carry. */
function keepConnections() {
  const kept: RTCPeerConnection[] = [];
  Object.assign(window, { kept });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(settings?: RTCConfiguration) {
      super(settings);
      kept.push(this);
    }
  };
}

export function stateOf(page: Page) {
  return page.getByRole('status', { name: 'State of the phone' });
}

/** Waits until the phone can call and be called. */
export async function ready(...pages: Page[]) {
  await Promise.all(pages.map((page) => expect(stateOf(page)).toContainText('Ready', { timeout: 20_000 })));
}

export async function dial(page: Page, number: string) {
  await page.getByLabel('Number', { exact: true }).fill(number);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
}

/** The call with somebody, on the Phone page and in the dock alike. */
export function callWith(page: Page, name: string) {
  return page.getByRole('region', { name: `Call with ${name}` });
}

export async function press(page: Page, name: string, button: string) {
  await callWith(page, name).getByRole('button', { name: button, exact: true }).click();
}

/** Milo calls Dana, who answers. */
export async function connect(milo: Page, dana: Page) {
  await dial(milo, '201');
  await press(dana, 'Milo Tanaka', 'Answer');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('On the line');
  await hearing(milo, dana);
}

/**
 * What a page's running calls have received so far: packets of audio, and how loud it was in all.
 */
export async function heard(page: Page) {
  return page.evaluate(async () => {
    const { kept } = window as unknown as { kept: RTCPeerConnection[] };
    const sum = { packets: 0, energy: 0 };
    for (const connection of kept.filter(({ connectionState }) => connectionState === 'connected')) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue;
        sum.packets += report.packetsReceived;
        sum.energy += report.totalAudioEnergy ?? 0;
      }
    }
    return sum;
  });
}

/** Audio arrives at every one of these, and it is not silence. */
export async function hearing(...pages: Page[]) {
  for (const page of pages) {
    const before = await heard(page);
    await expect
      .poll(async () => (await heard(page)).packets, { timeout: 15_000 })
      .toBeGreaterThan(before.packets + 25);
    await expect.poll(async () => (await heard(page)).energy, { timeout: 15_000 }).toBeGreaterThan(before.energy);
  }
}

/** Audio arrives here, and all of it is silence. */
export async function silent(page: Page) {
  const quiet = async () => {
    const before = await heard(page);
    await expect.poll(async () => (await heard(page)).packets).toBeGreaterThan(before.packets + 20);
    return (await heard(page)).energy - before.energy;
  };
  await expect.poll(quiet).toBeLessThan(0.000_01);
}
