import type { Page } from 'playwright/test';
import { callWith, connect, expect, hearing, press, ready, test } from './desk';

/** The path that the sound takes, and what becomes of a call whose page goes. */

test('a failed media path restarts on both sides with new candidates, and the call continues', async ({
  company,
  sitDown,
}) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  const before = await pathOf(milo);
  await pretend(milo, 'failed');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('The sound is interrupted');
  await expect.poll(async () => (await pathOf(milo)).theirs, { timeout: 15_000 }).not.toBe(before.theirs);
  await pretend(milo, null);
  const after = await pathOf(milo);
  expect(after.ours).not.toBe(before.ours);
  expect(after.candidates).toBeGreaterThan(0);
  await expect(callWith(milo, 'Dana Reyes')).toContainText('On the line');
  await hearing(milo, dana);
  await press(dana, 'Milo Tanaka', 'Hang up');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('The call is over');
});

test('reloading the page hangs up, and the call is listed as recent', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  milo.on('dialog', (dialog) => void dialog.accept());
  await milo.reload();
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('The call is over');
  await expect(milo.getByRole('listitem').filter({ hasText: 'Outgoing' })).toContainText('Dana Reyes');
  await ready(milo);
});

/** Which path both sides have agreed on last. */
function pathOf(page: Page) {
  return page.evaluate(() => {
    const { kept } = window as unknown as { kept: RTCPeerConnection[] };
    const fragment = (sdp = '') => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
    const theirs = kept[0]?.remoteDescription?.sdp ?? '';
    return {
      ours: fragment(kept[0]?.localDescription?.sdp),
      theirs: fragment(theirs),
      candidates: theirs.match(/a=candidate/g)?.length ?? 0,
    };
  });
}

/**
 * What a connection says of itself when the network has gone, for none goes here; null is the truth
 * again.
 */
function pretend(page: Page, state: RTCPeerConnectionState | null) {
  return page.evaluate((said) => {
    const { kept } = window as unknown as { kept: [RTCPeerConnection] };
    if (said) Object.defineProperty(kept[0], 'connectionState', { value: said, configurable: true });
    else Reflect.deleteProperty(kept[0], 'connectionState');
    kept[0].dispatchEvent(new Event('connectionstatechange'));
  }, state);
}
