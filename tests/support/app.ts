import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { freePort } from '@/tests/support/free-port';

export type App = {
  port: number;
  pid: number;
  isRunning(): boolean;
  /** Everything it has printed so far: the log. */
  output(): string;
  /** Returns the exit code, once it has gone. */
  gone: Promise<number | null>;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
};

const READY = /^(Gatehouse: http|Gatehouse is ready)/m;

/**
 * Returns the built product on a free port, on this test file's database (several can run on it at
 * once). `env` adds settings or, with undefined, takes some away. Rejects with what it printed
 * where it does not start.
 */
export async function startApp(env: Record<string, string | undefined> = {}): Promise<App> {
  const app = await spawnApp({
    DATABASE_URL: process.env.DATABASE_URL,
    GATEHOUSE_SECRETS: process.env.GATEHOUSE_SECRETS,
    PUBLIC_URL: process.env.PUBLIC_URL,
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
    HASHING_THREADS: '2',
    ...env,
  });
  await ready(app);
  return app;
}

/** Returns the product on an embedded database of its own, as `npm start` gives it. */
export async function startEmbeddedApp(env: Record<string, string | undefined>) {
  const app = await spawnApp(env);
  await ready(app);
  return app;
}

/** Returns a started process, ready or not. */
export async function spawnApp(env: Record<string, string | undefined>) {
  const port = Number(env.PORT ?? (await freePort()));
  const child = spawn(process.execPath, ['.next/gatehouse/start.mjs'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const release = diesWithUs(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('printed');
    });
  }
  const gone = once(child, 'close').then(([code]) => {
    release();
    return code as number | null;
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await gone;
  };
  return {
    port,
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    gone,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    child,
  };
}

async function ready({ output, gone, child }: App & { child: ChildProcess }) {
  const exit = gone.then((code) => {
    throw new Error(`the product did not start (${code}):\n${output().slice(-3000)}`);
  });
  exit.catch(() => undefined);
  while (!READY.test(output())) await Promise.race([once(child, 'printed'), exit]);
}

/**
 * The pipe to this small shell closes when our process dies, however it dies: then the shell ends
 * the child.
 */
export function diesWithUs(child: ChildProcess) {
  const watch = spawn('sh', ['-c', 'read -r word; [ "$word" = gone ] || kill -KILL "$1"', 'sh', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  (watch.stdin as Socket).unref();
  watch.stdin.on('error', () => undefined);
  return () => watch.stdin.end('gone\n');
}
