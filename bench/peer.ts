import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Request } from '@/bench/load';
import { diesWithUs } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';

/**
 * The smallest Next application with one page made anew for every request: `bench/empty-page` under
 * `next start`.
 */
export type Peer = { pid: number; port: number; page: Request; stop(): Promise<void> };

const next = path.resolve('node_modules/next/dist/bin/next');
const folder = path.resolve('bench/empty-page');
const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;

export async function startPeer(): Promise<Peer> {
  await build();
  const port = await freePort();
  const flags = ['start', folder, '--port', String(port), '--hostname', '127.0.0.1'];
  const child = spawn(process.execPath, [next, ...flags], { env, stdio: 'ignore' });
  const release = diesWithUs(child);
  const gone = once(child, 'close').then(release);
  await answers(child, port);
  return {
    pid: child.pid ?? 0,
    port,
    page: { port, path: '/', headers: { host: `127.0.0.1:${port}`, accept: 'text/html' }, status: 200 },
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Builds it where Next or the page has changed since. */
async function build() {
  const stamp = path.join(folder, '.next/bench-build');
  const sources = ['next.config.mjs', 'app/layout.jsx', 'app/page.jsx'].map((name) => path.join(folder, name));
  const wanted = [path.resolve('node_modules/next/package.json'), ...sources]
    .map((file) => readFileSync(file))
    .join('');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await promisify(execFile)(process.execPath, [next, 'build', folder], { env });
  writeFileSync(stamp, wanted);
}

async function answers(child: ChildProcess, port: number) {
  while (child.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (response?.ok) return;
    await delay(50);
  }
  throw new Error('the empty page did not start');
}
