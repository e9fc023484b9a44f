import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { diesWithUs } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';

const run = promisify(execFile);
const MODULES = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/kamailio/modules`;

export type Kamailio = Awaited<ReturnType<typeof startKamailio>>;

/** Returns a running Kamailio with the configuration that we give to providers. */
export async function startKamailio() {
  const directory = mkdtempSync(path.join(tmpdir(), 'kamailio-'));
  const port = await freePort();
  const secret = randomBytes(12).toString('hex');
  const domain = `sip-${randomBytes(3).toString('hex')}.example`;
  const settings = {
    SIP_LISTEN: `tcp:127.0.0.1:${port}`,
    SIP_DOMAIN: domain,
    SIP_SECRET: secret,
    SIP_ORIGIN: '^http://[a-z0-9-]+\\.localhost:[0-9]+$',
    SIP_MODULES: MODULES,
  };
  let running = await begin(directory, port, settings);
  const ask = async (...command: string[]) =>
    (await run('kamcmd', ['-s', `unix:${path.join(directory, 'kamailio_ctl')}`, ...command])).stdout;

  return {
    domain,
    secret,
    socket: `ws://127.0.0.1:${port}/ws`,
    /** Who is registered now: the extensions, once for each phone. */
    async registered() {
      const people = (await ask('ul.dump')).split(/AoR: /).slice(1);
      return people
        .flatMap((person) => (person.match(/Address: /g) ?? []).map(() => person.split('@', 1)[0] ?? ''))
        .sort();
    },
    /** Reads what a running Kamailio knows. */
    ask,
    log: () => readFileSync(path.join(directory, 'log'), 'utf8'),
    async stop() {
      await running.stop();
    },
    /**
     * Starts it again; `expires` is how long it then keeps a registration, in seconds, `accounts`
     * who has a password of his own.
     */
    async startAgain({ expires, accounts = {} }: { expires?: number; accounts?: Record<string, string> } = {}) {
      const SIP_ACCOUNTS = Object.entries(accounts)
        .map(([name, password]) => `${name}:${ha1(name, domain, password)}`)
        .join(',');
      running = await begin(
        directory,
        port,
        { ...settings, SIP_ACCOUNTS },
        expires ? ['-A', `MAX_EXPIRES=${expires}`] : [],
      );
    },
    async remove() {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function begin(directory: string, port: number, settings: Record<string, string>, options: string[] = []) {
  const log = path.join(directory, 'log');
  const child = spawn(
    'sh',
    [
      '-c',
      'config=$1 dir=$2; shift 2; exec kamailio -DD -E -f "$config" -Y "$dir" -P "$dir/pid" -m 64 -M 8 "$@" >>"$dir/log" 2>&1',
      'sh',
      path.resolve('deploy/sip/kamailio.cfg'),
      directory,
      ...options,
    ],
    { env: { ...process.env, ...settings }, stdio: 'ignore' },
  );
  const release = diesWithUs(child);
  let isGone = false;
  const gone = once(child, 'close').then(() => {
    isGone = true;
    release();
  });
  while (!(await isListening(port))) {
    if (isGone) throw new Error(`Kamailio did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    await delay(50);
  }
  return {
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function isListening(port: number) {
  return new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

function ha1(name: string, domain: string, password: string) {
  return createHash('md5').update(`${name}:${domain}:${password}`).digest('hex');
}
