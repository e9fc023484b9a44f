import { describe, expect, test } from 'vitest';
import { isPlainText, plainText, truncate } from '@/lib/text';

describe('plain text', () => {
  test('is cut between code points, never inside a pair', () => {
    for (let before = 295; before <= 301; before++) {
      const cut = plainText(`${'a'.repeat(before)}\u{1f600}\u{1f600}`, 300);
      expect(cut.isWellFormed()).toBe(true);
      expect([...cut].length).toBe(Math.min(300, before + 2));
    }
    expect(plainText('\u{1f600}'.repeat(500), 200)).toBe('\u{1f600}'.repeat(200));
  });

  test('has no lone surrogate and no control character, and stays in one line', () => {
    expect(plainText('a\ud83d', 10)).toBe('a\ufffd');
    expect(plainText('\ude00a', 10)).toBe('\ufffda');
    expect(plainText('a\0b\x1b[31mc\x7f\x9bd', 20)).toBe('ab[31mcd');
    expect(plainText('one\r\ntwo\u2028three\tfour', 40)).toBe('one two three four');
    expect(plainText('Zoë O’Brien · 東京', 40)).toBe('Zoë O’Brien · 東京');
  });

  test('of any length is read only as far as it is kept', () => {
    expect(plainText('\0'.repeat(10_000_000), 5)).toBe('');
    expect(plainText('x'.repeat(10_000_000), 5)).toBe('xxxxx');
  });

  test('is distinguished from text that would change', () => {
    for (const text of ['', 'user-1', 'Zoë', '\u{1f600}']) expect(isPlainText(text)).toBe(true);
    for (const text of ['a\0', '\ud83d', 'a\nb', '\u009b', 'a\u2028']) expect(isPlainText(text)).toBe(false);
  });
});

test('a truncated field keeps its lines', () => {
  expect(truncate('a\nb\u{1f600}c', 4)).toBe('a\nb\u{1f600}');
  expect(truncate('short', 10)).toBe('short');
});
