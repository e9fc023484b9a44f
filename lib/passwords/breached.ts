import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { env, InvalidEnv } from '@/lib/env';
import { fileProblem } from '@/lib/environment/file-problem';
import { canonicalPassword } from './text';

/**
 * Returns whether the password is in the offline list of breached ones, false without a list. The
 * list has Have I Been Pwned's format: lines of `SHA1:count`, sorted by hash. Throws if unreadable.
 */
export async function isBreached(password: string, file = env().BREACHED_PASSWORDS_FILE): Promise<boolean> {
  if (!file) return false;
  const sought = createHash('sha1').update(canonicalPassword(password)).digest('hex').toUpperCase();
  const list = await open(file);
  try {
    return await findHash(list, sought);
  } finally {
    await list.close();
  }
}

/**
 * Throws InvalidEnv unless the list, where one is set, can be read and looks sorted.
 */
export async function assertBreachedList(file = env().BREACHED_PASSWORDS_FILE): Promise<void> {
  if (!file) return;
  const ends = await readEnds(file).catch((error) => {
    throw new InvalidEnv('BREACHED_PASSWORDS_FILE', `cannot read ${file}: ${fileProblem(error) ?? 'it is not a file'}`);
  });
  if (!ends.first || !ends.last || ends.first > ends.last) {
    throw new InvalidEnv('BREACHED_PASSWORDS_FILE', `${file} must hold lines of SHA1:count, sorted by hash`);
  }
}

// Binary search over bytes: `low` always starts a line, and the line sought starts in [low, high).
async function findHash(list: FileHandle, sought: string) {
  let low = 0;
  let high = (await list.stat()).size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineAfter(list, middle, low);
    if (!line || line.start >= high) {
      high = middle;
      continue;
    }
    if (line.hash === sought) return true;
    if (line.hash < sought) low = line.end;
    else high = middle;
  }
  return false;
}

const LONGEST_LINE = 64;

/** Returns the first line that starts at `position` or later; a line starts at `low`. */
async function lineAfter(list: FileHandle, position: number, low: number) {
  const from = position > low ? position - 1 : position;
  const text = await readText(list, from, LONGEST_LINE * 2);
  const skipped = position > low ? text.indexOf('\n') + 1 : 0;
  if (position > low && skipped === 0) return null;
  const newline = text.indexOf('\n', skipped);
  const line = text.slice(skipped, newline === -1 ? undefined : newline);
  if (line === '') return null;
  const hash = hashOf(line);
  if (!hash) throw new Error('the list of breached passwords holds a line that is not SHA1:count');
  return { hash, start: from + skipped, end: from + skipped + line.length + 1 };
}

async function readEnds(file: string) {
  // Opening a named pipe would wait for its writer.
  const kind = await stat(file);
  if (!kind.isFile() && !kind.isDirectory()) throw new Error('not a file');
  const list = await open(file);
  try {
    const { size } = await list.stat();
    const head = await readText(list, 0, LONGEST_LINE);
    const tail = await readText(list, Math.max(0, size - LONGEST_LINE), LONGEST_LINE);
    return { first: hashOf(head.split('\n')[0] ?? ''), last: hashOf(tail.trimEnd().split('\n').at(-1) ?? '') };
  } finally {
    await list.close();
  }
}

async function readText(list: FileHandle, position: number, length: number) {
  const { bytesRead, buffer } = await list.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('latin1', 0, bytesRead);
}

function hashOf(line: string) {
  return /^([0-9A-F]{40}):\d+\s*$/i.exec(line)?.[1]?.toUpperCase();
}
