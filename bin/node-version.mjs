// Written without dependencies and in old syntax: it runs first, on any Node.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Throws where this Node is none of those that package.json names. */
export function assertNodeVersion(version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const lines = engines.node.split('||').map((range) => numbersOf(range));
  const [major, minor] = numbersOf(version);
  if (lines.some((line) => line[0] === major && minor >= line[1])) return;
  const names = lines.map((line) => (line[1] === 0 ? String(line[0]) : `${line[0]}.${line[1]} or newer`));
  throw new Error(
    `Node ${version} is not supported. Install Node 24 from https://nodejs.org. Supported versions: ${names.join(', ')}`,
  );
}

function numbersOf(text) {
  return text
    .replace(/[^\d.]/g, '')
    .split('.')
    .map(Number);
}
