import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { diesWithUs } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';

/**
 * Returns a running coturn that takes the credentials which a shared secret makes. `log` tells
 * whom it has let in.
 */
export async function startTurn(secret: string) {
  const directory = mkdtempSync(path.join(tmpdir(), 'coturn-'));
  const port = await freePort();
  const log = path.join(directory, 'log');
  const child = spawn(
    'turnserver',
    [
      ...['-n', '--verbose', '--no-cli', '--no-tls', '--no-dtls', '--allow-loopback-peers', '--simple-log'],
      ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--realm=turn.example'],
      ...['--use-auth-secret', `--static-auth-secret=${secret}`, `--log-file=${log}`, `--pidfile=${directory}/pid`],
      `--userdb=${directory}/db`,
    ],
    { stdio: 'ignore' },
  );
  const release = diesWithUs(child);
  const gone = once(child, 'close').then(release);
  const read = () => {
    try {
      return readFileSync(log, 'utf8');
    } catch {
      return '';
    }
  };
  while (!/IPv4\. UDP listener opened on|IO method/.test(read())) {
    if (child.exitCode !== null) throw new Error(`coturn did not start:\n${read().slice(-2000)}`);
    await delay(50);
  }
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    log: read,
    async remove() {
      child.kill('SIGTERM');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Returns the address of a TURN server that never answers. */
export async function startSilentTurn() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { url: `turn:127.0.0.1:${socket.address().port}?transport=udp`, remove: async () => void socket.close() };
}
