import { setTimeout as delay } from 'node:timers/promises';
import { signInTable } from '@/bin/sign-in-table';
import { startEmbedded } from '@/db/embedded';
import { EmbeddedRefused } from '@/db/embedded/refused';
import { env, InvalidEnv } from '@/lib/env';
import { seconds } from '@/lib/time';

/** `npm start` and, with --dev, `npm run dev`: database, schema, demo, server; and everything down again in reverse. */

const dev = process.argv.includes('--dev');
const started: { close(): Promise<void> }[] = [];
let stopAsked = 0;

Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production' });
// Only a database that this process starts makes it a demonstration; neither our caller nor a .env file may say so.
process.env.GATEHOUSE_EMBEDDED = '';

const starting = start();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
starting.catch(fail);

async function start() {
  if (process.env.DATABASE_URL) await openGivenDatabase();
  else await openEmbeddedDatabase();
  goOn();
  const demo = process.env.GATEHOUSE_EMBEDDED ? await (await import('@/db/seed')).seed() : undefined;
  goOn();
  const { serve } = await import('@/bin/serve');
  const server = await serve({ dev });
  started.push(server);
  goOn();
  // Last, where it is not lost among the lines of a start.
  if (process.versions.node.startsWith('20.'))
    console.warn('gatehouse: Node 20 is out of support since April 2026. Upgrade to Node 24.');
  console.log(
    demo ? signInTable(demo.accounts, demo.operator, env().publicUrl) : `Gatehouse: ${env().publicUrl.origin}`,
  );
}

async function openGivenDatabase() {
  const { DATABASE_URL, DATABASE_OWNER_URL } = env();
  const { assertMigrated, assertRoleIsBound, migrate } = await import('@/db/migrate');
  if (DATABASE_OWNER_URL) await migrate(DATABASE_OWNER_URL, DATABASE_URL);
  await assertRoleIsBound(DATABASE_URL);
  if (!DATABASE_OWNER_URL) await assertMigrated(DATABASE_URL);
}

async function openEmbeddedDatabase() {
  const directory = process.env.GATEHOUSE_DATA || '.gatehouse';
  const embedded = await startEmbedded({ directory, log: (line) => console.log(`gatehouse: ${line}`) });
  started.push({ close: embedded.stop });
  Object.assign(process.env, {
    DATABASE_URL: embedded.appUrl,
    DATABASE_OWNER_URL: embedded.ownerUrl,
    GATEHOUSE_SECRETS: embedded.secrets,
    GATEHOUSE_EMBEDDED: embedded.directory,
  });
  env();
  goOn();
  const { migrate } = await import('@/db/migrate');
  await migrate(embedded.ownerUrl, embedded.appUrl);
}

/** Between two steps of the start a Ctrl-C takes effect. */
function goOn() {
  if (stopAsked) throw new Stopped();
}

class Stopped extends Error {}

async function stop() {
  if (stopAsked) {
    // npm passes on the Ctrl-C that the terminal has already sent us; a later one is a person who does not want to wait.
    if (Date.now() - stopAsked > seconds(1)) process.exit(130);
    return;
  }
  stopAsked = Date.now();
  await starting.catch(() => {});
  await closeAll();
  process.exit(0);
}

async function fail(error: unknown) {
  if (error instanceof Stopped) return;
  const line = refusal(error);
  if (line) console.error(`gatehouse: ${line}`);
  else console.error(error);
  await closeAll();
  process.exit(stopAsked ? 0 : 1);
}

async function closeAll() {
  for (let one = started.pop(); one; one = started.pop()) {
    await Promise.race([one.close().catch((error) => console.error(error)), delay(seconds(10))]);
  }
}

/** The line for a person where the start is refused; nothing where it is a bug. */
function refusal(error: unknown) {
  if (error instanceof InvalidEnv || error instanceof EmbeddedRefused) return error.message;
  const { code, port, message } = error as { code?: string; port?: number; message?: string };
  if (code === 'EADDRINUSE')
    return `PORT: ${port ?? process.env.PORT} is in use; stop the other program or set PORT to another number`;
  const variable = process.env.DATABASE_OWNER_URL ? 'DATABASE_OWNER_URL' : 'DATABASE_URL';
  if (code && UNREACHABLE.test(code))
    return `${variable}: the database does not answer (${code}); start it or mend the address`;
  if (code && /^(28|3D)/.test(code))
    return `${variable}: the database turned us away (${message}); mend the role, password or name`;
}

const UNREACHABLE = /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|57P03)/;
