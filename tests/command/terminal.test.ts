import { afterEach, describe, expect, test, vi } from 'vitest';
import { terminal } from '@/bin/command/terminal';

const wasTerminal = process.stderr.isTTY;

afterEach(() => {
  vi.restoreAllMocks();
  Object.defineProperty(process.stderr, 'isTTY', { value: wasTerminal, configurable: true });
});

describe('progress', () => {
  test('is drawn on a terminal and erased before the result', () => {
    const { out, err } = watched(true);
    const shown = terminal({ json: false });
    shown.progress(1, 4, 'users');
    shown.progress(4, 4, 'users');
    shown.result({}, 'done', true);
    const [full, empty] = ['█', '░'];
    const drawn = [`${full.repeat(8)}${empty.repeat(22)} 1 of 4 users`, `${full.repeat(30)} 4 of 4 users`, ''];
    expect(err.join('')).toBe(drawn.map((line) => `\r\u001b[K${line}`).join(''));
    expect(out.join('')).toBe('done\n');
  });

  test('is not written into a file, nor beside JSON', () => {
    for (const [isTerminal, json] of [
      [false, false],
      [true, true],
      [false, true],
    ] as const) {
      const { out, err } = watched(isTerminal);
      const shown = terminal({ json });
      shown.progress(2, 4, 'users');
      shown.result({ made: 4 }, 'done', true);
      expect([err.join(''), out.join('')]).toEqual(['', json ? '{"ok":true,"made":4}\n' : 'done\n']);
      vi.restoreAllMocks();
    }
  });

  test('is not drawn more often than can be seen', () => {
    const { err } = watched(true);
    const shown = terminal({ json: false });
    for (let done = 1; done < 1000; done++) shown.progress(done, 1000, 'users');
    expect(err.length).toBeLessThan(20);
  });
});

test('a refusal goes to standard error, or with --json to standard output', () => {
  const plain = watched(true);
  terminal({ json: false }).refuse('taken', 'This name is \u001b[31mtaken.');
  expect([plain.out.join(''), plain.err.join('')]).toEqual(['', 'gatehouse: This name is \ufffd[31mtaken.\n']);
  vi.restoreAllMocks();
  const json = watched(true);
  terminal({ json: true }).refuse('taken', 'This name is taken.');
  expect([json.err.join(''), JSON.parse(json.out.join(''))]).toEqual([
    '',
    { ok: false, error: 'taken', message: 'This name is taken.' },
  ]);
});

function watched(isTerminal: boolean) {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  Object.defineProperty(process.stderr, 'isTTY', { value: isTerminal, configurable: true });
  return { out, err };
}
