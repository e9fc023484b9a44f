import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

test('Node 20.19, 22.12, 24 and 26 are accepted, and every other version is refused by name', async () => {
  const { assertNodeVersion } = await import(pathToFileURL(path.join(root, 'bin/node-version.mjs')).href);
  for (const version of ['20.19.0', '20.20.2', '22.12.0', '22.23.5', '24.0.0', '26.12.1'])
    expect(() => assertNodeVersion(version)).not.toThrow();
  for (const version of ['18.20.0', '20.18.3', '21.7.3', '22.11.0', '23.11.0', '25.9.0', '27.0.0'])
    expect(() => assertNodeVersion(version)).toThrow(`Node ${version} is not supported. Install Node 24`);
});

test('the command line writes nothing about Node beside its JSON', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['bin/gatehouse.mjs', 'no-such-command', '--json'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: 'usage' });
});
