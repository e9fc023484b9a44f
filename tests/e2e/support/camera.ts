import jsQR from 'jsqr';
import { type Browser, expect, type Locator } from 'playwright/test';

/**
 * What a phone's camera makes of a QR code on the screen. The pixels are read on a page of their
 * own.
 */
export async function scan(browser: Browser, code: Locator) {
  const picture = (await code.screenshot()).toString('base64');
  const page = await browser.newPage();
  const { data, width, height } = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.drawImage(image, 0, 0);
    const pixels = pen.getImageData(0, 0, image.width, image.height);
    return { data: [...pixels.data], width: pixels.width, height: pixels.height };
  }, picture);
  await page.close();
  const found = jsQR(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' });
  expect(found, 'the QR code can be read').not.toBeNull();
  const address = new URL(found?.data ?? '');
  return { address, secret: address.searchParams.get('secret') ?? '' };
}
