import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** What every figure depends on. */
export function machineLine() {
  const cores = os.availableParallelism();
  const load = os.loadavg().map((one) => one.toFixed(1));
  const busy = (os.loadavg()[0] ?? 0) > cores / 2 ? ' (other work runs here: trust CPU before rates)' : '';
  return `${cores} cores (${os.cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, load before start ${load.join(' ')}${busy}`;
}

/**
 * Returns the CPU seconds that these processes and all their descendants have used so far; NaN
 * where there is no /proc.
 */
export function cpuSeconds(...roots: number[]) {
  const all = processes();
  if (!all) return Number.NaN;
  const wanted = new Set(roots);
  // A child may stand before its parent in the list, so go over it until nothing is added.
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return all.filter(({ pid }) => wanted.has(pid)).reduce((total, { ticks }) => total + ticks / TICKS, 0);
}

/** Returns the CPU seconds of one process, all its threads and none of its children. */
export function ownCpuSeconds(pid: number) {
  return (statOf(pid)?.ticks ?? Number.NaN) / TICKS;
}

/** Returns the resident memory of one process in MB. */
export function residentMegabytes(pid: number) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

// USER_HZ, which Linux keeps at 100 for programs whatever the kernel ticks at.
const TICKS = 100;

function processes() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)) ?? []);
  } catch {
    return undefined;
  }
}

function statOf(pid: number) {
  try {
    // The name in brackets may hold spaces; state is the first field behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
