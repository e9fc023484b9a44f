import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Lock = { ok: true; release(): void } | { ok: false; pid: number };

/**
 * Locks `directory` for this process, also if a dead process holds it. Returns the pid of a live
 * one that does.
 */
export function takeLock(directory: string): Lock {
  const path = join(directory, 'lock.json');
  const mine = JSON.stringify({ pid: process.pid, since: startOf(process.pid) });
  const holder = readLock(path);
  if (holder && isAlive(holder)) return { ok: false, pid: holder.pid };
  rmSync(path, { force: true });
  try {
    writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const winner = readLock(path);
    if (winner) return { ok: false, pid: winner.pid };
    throw error;
  }
  return {
    ok: true,
    release() {
      if (readLock(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

type Holder = { pid: number; since: string };

function readLock(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, since }: Holder) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === since;
}

/**
 * A process id comes back after a restart, so it counts only together with its start (field 22; not
 * known outside Linux).
 */
function startOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
