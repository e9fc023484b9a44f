#!/usr/bin/env node
// The command line: what `npm start` has built, or the source itself in a clone that has not been
// built yet. Written without dependencies, because a missing one is what it may have to say.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNodeVersion } from './node-version.mjs';

try {
  assertNodeVersion();
} catch (error) {
  console.error(`gatehouse: ${error.message}`);
  process.exit(3);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, '.next/gatehouse/gatehouse.mjs');
const source = join(root, 'bin/gatehouse.ts');
const tsx = join(root, 'node_modules/tsx/dist/loader.mjs');

if (!existsSync(built) && !existsSync(tsx)) {
  console.error('gatehouse: not installed yet; run npm install in the folder of Gatehouse');
  process.exit(3);
}
// Data, migrations and settings lie beside the product; files named by the caller are in the
// caller's folder.
const env = { ...process.env, GATEHOUSE_CWD: process.cwd() };
const program = existsSync(built) ? [built] : ['--import', tsx, source];
const { status, signal } = spawnSync(process.execPath, [...program, ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exit(status ?? (signal === 'SIGINT' ? 130 : 5));
