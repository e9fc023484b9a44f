import { setTimeout as delay } from 'node:timers/promises';
import { freeLocalPort } from '@/bin/listen';
import { refusal } from '@/bin/refusal';
import { signInTable } from '@/bin/sign-in-table';
import { assertDatabase } from '@/db/check';
import { startEmbedded } from '@/db/embedded';
import { assertEmbeddedAllowed, env } from '@/lib/env';
import { seconds } from '@/lib/time';

/**
 * `npm start` and, with --dev, `npm run dev`: database, schema, demo, server; and everything down
 * again in reverse.
 */

const dev = process.argv.includes('--dev');
const started: { close(): Promise<void> }[] = [];
let stopAsked = 0;

Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production' });
// Only a database that this process starts makes it a demonstration; neither our caller nor a .env
// file may say so.
process.env.GATEHOUSE_EMBEDDED = '';

const starting = start();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
starting.catch(fail);

async function start() {
  if (process.env.DATABASE_URL?.trim()) await openGivenDatabase();
  else await openEmbeddedDatabase();
  goOn();
  await checkKeys();
  goOn();
  const demo = process.env.GATEHOUSE_EMBEDDED ? await (await import('@/bin/demo/seed')).seed() : undefined;
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
  const { migrate } = await import('@/db/migrate');
  if (DATABASE_OWNER_URL) await migrate(DATABASE_OWNER_URL, DATABASE_URL);
  await assertDatabase(DATABASE_URL);
}

async function openEmbeddedDatabase() {
  assertEmbeddedAllowed();
  const directory = process.env.GATEHOUSE_DATA || '.gatehouse';
  const embedded = await startEmbedded({ directory, log: (line) => console.log(`gatehouse: ${line}`) });
  started.push({ close: embedded.stop });
  Object.assign(process.env, {
    DATABASE_URL: embedded.appUrl,
    DATABASE_OWNER_URL: embedded.ownerUrl,
    GATEHOUSE_SECRETS: embedded.secrets,
    GATEHOUSE_EMBEDDED: embedded.directory,
  });
  // The sign-in table and every link name the port, so it must be known before the settings are
  // read.
  if (Number(process.env.PORT) === 0 && process.env.PORT?.trim()) process.env.PORT = String(await freeLocalPort());
  env();
  goOn();
  const { migrate } = await import('@/db/migrate');
  await migrate(embedded.ownerUrl, embedded.appUrl);
}

async function checkKeys() {
  const { assertKeys, writesUnreadKey } = await import('@/lib/keys/checks');
  const report = await assertKeys();
  const [first] = env().keyring;
  if (writesUnreadKey(report))
    console.error(
      `gatehouse: key ${first?.id} writes, and no instance has had it to read; instances without it answer 503. Roll a key in two steps: README.md`,
    );
  if (report.absent.length > 0)
    console.error(
      `gatehouse: GATEHOUSE_SECRETS has no key ${report.absent.join(', ')}, which this database was used with; what needs it is answered 503`,
    );
}

/** Between two steps of the start a Ctrl-C takes effect. */
function goOn() {
  if (stopAsked) throw new Stopped();
}

class Stopped extends Error {}

async function stop() {
  if (stopAsked) {
    // npm passes on the Ctrl-C that the terminal has already sent us; a later one means not to
    // wait.
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
