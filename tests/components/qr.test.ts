import jsQR from 'jsqr';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Qr } from '@/components/ui/qr';

const URI = 'otpauth://totp/Wicked%20Sprockets:dana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Wicked%20Sprockets';
const PIXELS = 4;

test('a phone reads the drawn code, with four white modules on every side', () => {
  const markup = renderToStaticMarkup(Qr({ text: URI, label: 'QR' }));
  const side = Number(/viewBox="0 0 (\d+)/.exec(markup)?.[1]);
  const runs = [...markup.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)].map((m) => m.slice(1).map(Number));
  const columns = runs.flatMap(([x = 0, , width = 0]) => [x, x + width]);
  expect([Math.min(...columns), Math.max(...columns)]).toEqual([4, side - 4]);
  expect(jsQR(bitmap(side, runs), side * PIXELS, side * PIXELS)?.data).toBe(URI);
});

test('carries no inline style, which the page policy would refuse', () => {
  expect(renderToStaticMarkup(Qr({ text: URI, label: 'QR' }))).not.toContain('style=');
});

function bitmap(side: number, runs: number[][]): Uint8ClampedArray {
  const width = side * PIXELS;
  const image = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [x = 0, y = 0, length = 0] of runs) {
    for (let row = y * PIXELS; row < (y + 1) * PIXELS; row++) {
      for (let column = x * PIXELS; column < (x + length) * PIXELS; column++) {
        image.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  return image;
}
