import { expect, test } from 'vitest';
import { asciiDomain } from '@/lib/network/ascii-domain';

test.each([
  ['Kettle.example', 'kettle.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['xn--a.example', ''],
  ['xn--zzzzzz99.example', ''],
  ['kettle.example/path', ''],
])('%s is %j as an ASCII domain on every supported Node', (text, ascii) => {
  expect(asciiDomain(text)).toBe(ascii);
});
