import { expect, test } from 'vitest';
import { cardOf, withoutScript } from '@/lib/request/without-script';

const EMPTY =
  '<!DOCTYPE html><html id="__next_error__"><head><link rel="preload" href="/_next/static/a.css" as="style"/></head><body><script></script></body></html>';
const markup = cardOf({ title: 'A<b', texts: ['"c"'], way: { href: 'https://x.example/?a&b', label: 'd' } });

test('an error’s page says what it has to say, escaped, in its language and its style', () => {
  const shown = withoutScript(Buffer.from(EMPTY), { locale: 'fr', markup }, 'en').toString();
  expect(shown).toContain('<html id="__next_error__" lang="fr">');
  expect(shown).toContain(
    '<body><noscript><link rel="stylesheet" href="/_next/static/a.css"/><main class="door-main"><div class="door-card stack"><h1>A&#60;b</h1><p>&#34;c&#34;</p><a href="https://x.example/?a&#38;b" class="button button-primary">d</a></div></main></noscript><script>',
  );
});

test('finds the style sheet that Next names only in scripts', () => {
  const hinted = EMPTY.replace(/<link[^>]+>/, '').replace(
    '<script>',
    String.raw`<script>push(":HL[\"/_next/static/b~1.css\",\"style\"]")`,
  );
  const shown = withoutScript(Buffer.from(hinted), { locale: 'en', markup }, 'en').toString();
  expect(shown).toContain('<body><noscript><link rel="stylesheet" href="/_next/static/b~1.css"/><main');
});

test('what failed says so in the browser’s language', () => {
  const shown = withoutScript(Buffer.from(EMPTY), undefined, 'fr-CA').toString();
  expect(shown).toContain('<h1>Une erreur s’est produite</h1>');
  expect(shown).toContain('lang="fr"');
});

test('any other page stays as it is', () => {
  const page = Buffer.from('<!DOCTYPE html><html lang="en"><body><p>404</p></body></html>');
  expect(withoutScript(page, undefined, 'en')).toBe(page);
});
