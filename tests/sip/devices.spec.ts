import { callWith, connect, dial, expect, hearing, press, ready, test } from './desk';

/** What the phone hears and speaks with, and how it says that somebody calls. */

test('the microphone is tested with a meter that moves', async ({ company, sitDown }) => {
  const milo = await sitDown(company.milo);
  await ready(milo);
  await milo.getByRole('button', { name: 'Test the microphone' }).click();
  const meter = milo.getByRole('meter', { name: 'Level of the microphone' });
  await expect.poll(() => meter.evaluate((element: HTMLMeterElement) => element.value)).toBeGreaterThan(0);
  await milo.getByRole('button', { name: 'Stop the test' }).click();
  await expect(meter).toBeHidden();
});

test('another microphone is chosen during a call, and is heard there', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  const choice = milo.getByLabel('Microphone', { exact: true });
  const other = await choice.locator('option').nth(1).getAttribute('value');
  await choice.selectOption(other);
  await expect
    .poll(() =>
      milo.evaluate(() => {
        const { kept } = window as unknown as { kept: RTCPeerConnection[] };
        return kept.at(-1)?.getSenders()[0]?.track?.getSettings().deviceId;
      }),
    )
    .toBe(other);
  await hearing(dana);
});

test('a call shows a notification when another page has the focus', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await dana.evaluate(() => {
    const told: string[] = [];
    class Told extends EventTarget {
      static permission = 'granted';
      constructor(title: string, { body }: { body: string }) {
        super();
        told.push(`${title}: ${body}`);
      }
      close() {
        told.push('closed');
      }
    }
    Object.assign(window, { told, Notification: Told });
    document.hasFocus = () => false;
  });
  const told = () => dana.evaluate(() => (window as unknown as { told: string[] }).told);
  await dial(milo, '201');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('Incoming call');
  await expect.poll(told).toEqual(['Incoming call: Milo Tanaka']);
  await press(milo, 'Dana Reyes', 'Hang up');
  await expect.poll(told).toEqual(['Incoming call: Milo Tanaka', 'closed']);
});
