import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidEnv } from '@/lib/env';
import { assertBreachedList, isBreached } from '@/lib/passwords/breached';
import { isCommon } from '@/lib/passwords/common';
import { checkPasswordRules } from '@/lib/passwords/rules';

const dana = {
  minLength: 8,
  username: 'dana.reyes',
  extension: '201',
  firstName: 'Zoë',
  lastName: 'Reyes',
  accountId: 'BTSA-NJ-K16',
  tenantName: 'Wicked Sprockets',
};

describe('a new password', () => {
  it.each([
    ['seven code points of 14 bytes', 'éàüöêçñ', { ok: false, error: 'too-short', min: 8 }],
    [
      'seven written as NFD',
      'e\u0301a\u0300u\u0308o\u0308e\u0302c\u0327n\u0303',
      { ok: false, error: 'too-short', min: 8 },
    ],
    ['eight code points', 'éàüöêçñß', { ok: true }],
    ['eight with spaces', ' q7 k ! ', { ok: true }],
    ['128 code points', 'quiet harbour lamp '.repeat(7).slice(0, 128), { ok: true }],
    ['129 code points', 'quiet harbour lamp '.repeat(7).slice(0, 129), { ok: false, error: 'too-long', max: 128 }],
    ['a common one', 'sunshine1', { ok: false, error: 'common' }],
    ['a common one in capitals', 'QwErTyUiOp', { ok: false, error: 'common' }],
    ['one character repeated', '          ', { ok: false, error: 'common' }],
    ['its username', 'xxDANA.REYESxx', { ok: false, error: 'contains-name' }],
    ['its last name', 'reyes-4-president', { ok: false, error: 'contains-name' }],
    ['its account ID', 'my btsa-nj-k16 key', { ok: false, error: 'contains-name' }],
    ['a word of its tenant', 'something wicked comes', { ok: false, error: 'contains-name' }],
    ['its tenant with accents', 'spróckets forever', { ok: false, error: 'contains-name' }],
    ['a short extension', 'lantern 201 harbour', { ok: true }],
    ['one class of characters only', 'lanternharbourquiet', { ok: true }],
  ])('with %s', async (_name, password, verdict) => {
    expect(await checkPasswordRules(password, dana)).toEqual(verdict);
  });

  it('is as long as the tenant wants', async () => {
    expect(await checkPasswordRules('lantern har', { ...dana, minLength: 12 })).toEqual({
      ok: false,
      error: 'too-short',
      min: 12,
    });
    expect(await checkPasswordRules('lantern harb', { ...dana, minLength: 12 })).toEqual({ ok: true });
  });

  it('may be a word that nobody uses', async () => {
    expect(await isCommon('password')).toBe(true);
    expect(await isCommon('lantern harbour')).toBe(false);
  });
});

describe('the list of breached passwords', () => {
  const breached = Array.from({ length: 500 }, (_, n) => `breached ${n}`);
  let directory: string;
  let file: string;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'breached-'));
    file = path.join(directory, 'list.txt');
    const lines = breached.map((word, n) => `${sha1(word)}:${n * 37}`).sort();
    await writeFile(file, lines.join('\r\n'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('finds every one of its lines, first and last too, and no other', async () => {
    await assertBreachedList(file);
    const found = await Promise.all(breached.map((word) => isBreached(word, file)));
    expect(found.every(Boolean)).toBe(true);
    const others = await Promise.all(breached.map((word) => isBreached(`not ${word}`, file)));
    expect(others.some(Boolean)).toBe(false);
  });

  it('may be of one line, or absent', async () => {
    const single = path.join(directory, 'single.txt');
    await writeFile(single, `${sha1('alone')}:1\n`);
    expect(await isBreached('alone', single)).toBe(true);
    expect(await isBreached('other', single)).toBe(false);
    expect(await isBreached('alone', undefined)).toBe(false);
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['of another kind', 'password\n123456\n'],
    ['unsorted', `${'F'.repeat(40)}:1\n${'0'.repeat(40)}:1\n`],
  ])('that is %s refuses the start', async (name, content) => {
    const bad = path.join(directory, name);
    if (content !== null) await writeFile(bad, content);
    await expect(assertBreachedList(bad)).rejects.toThrow(InvalidEnv);
    await expect(assertBreachedList(bad)).rejects.toMatchObject({ variable: 'BREACHED_PASSWORDS_FILE' });
  });
});

function sha1(text: string) {
  return createHash('sha1').update(text).digest('hex').toUpperCase();
}
