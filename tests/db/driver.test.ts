import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Embedded, startEmbedded } from '@/db/embedded';

/**
 * What patches/postgres+3.4.9.patch is for: without it these fail, some with an uncaught TypeError,
 * some by never settling.
 */

const ROUNDS = 5;
const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-driver-'));
const uncaught: unknown[] = [];
let embedded: Embedded;

beforeAll(async () => {
  embedded = await startEmbedded({ directory, durable: false });
});

afterAll(async () => {
  await embedded.stop();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});

afterEach(async () => {
  // An exception raised by a timer of the driver comes a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note).off('unhandledRejection', note);
  expect(uncaught).toEqual([]);
});

function note(error: unknown) {
  uncaught.push(error);
}

describe('the backend is terminated', () => {
  test('between two statements of a transaction: the next statement and the transaction reject', async () => {
    const sql = connect({ max: 1 });
    for (let round = 0; round < ROUNDS; round++) {
      let inside: unknown;
      const whole = sql.begin(async (tx) => {
        await killAndNotice(await pidOf(tx));
        await tx`select 2`.catch((error) => {
          inside = error;
          throw error;
        });
      });
      await expect(whole).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
      await expect.poll(() => inside).toMatchObject({ code: 'CONNECTION_CLOSED' });
      expect(await sql`select 3 as three`).toEqual([{ three: 3 }]);
    }
  });

  test('a lost transaction never continues on another connection', async () => {
    const owner = connect({ max: 1 });
    await owner`create table if not exists written (round int)`;
    const sql = connect({ max: 1 });
    for (let round = 0; round < ROUNDS; round++) {
      let late: unknown;
      const whole = sql.begin(async (tx) => {
        await killAndNotice(await pidOf(tx));
        await sql`select 1`;
        late = await tx`insert into written values (${round})`.catch((error) => error);
      });
      await expect(whole).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
      await expect.poll(() => late).toMatchObject({ code: 'CONNECTION_CLOSED' });
    }
    expect(await owner`select round from written`).toEqual([]);
  });

  test('during a statement, with more of them waiting: all reject, and the next query works', async () => {
    const sql = connect({ max: 1, max_pipeline: 1 } as { max: number });
    for (let round = 0; round < ROUNDS; round++) {
      const whole = sql.begin(async (tx) => {
        const pid = await pidOf(tx);
        const all = [tx`select pg_sleep(30)`, tx`select 1`, tx`select 2`, tx`select 3`].map((query) => query.execute());
        await kill(pid);
        const settled = await Promise.allSettled(all);
        expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
        await all[0];
      });
      await expect(whole).rejects.toHaveProperty('code');
      expect(await sql`select 3 as three`).toEqual([{ three: 3 }]);
    }
  });

  test('on a reserved connection: its queries reject, and its release does no harm', async () => {
    const sql = connect({ max: 1 });
    for (let round = 0; round < ROUNDS; round++) {
      const reserved = await sql.reserve();
      await killAndNotice(await pidOf(reserved));
      await expect(reserved`select 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
      reserved.release();
      expect(await sql`select 3 as three`).toEqual([{ three: 3 }]);
    }
  });
});

test('the whole server stops inside transactions: they reject, and the pool works when it is back', async () => {
  const sql = connect({ max: 4 });
  for (let round = 0; round < ROUNDS; round++) {
    const inside = signal();
    const stopped = signal();
    let ready = 0;
    const all = Array.from({ length: 4 }, () =>
      sql.begin(async (tx) => {
        await tx`select 1`;
        ready += 1;
        if (ready === 4) inside.give();
        await stopped.given;
        await tx`select 2`;
      }),
    );
    const settled = Promise.allSettled(all);
    await inside.given;
    await embedded.stop();
    stopped.give();
    expect((await settled).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await expect(sql`select 1`).rejects.toHaveProperty('code');
    embedded = await startEmbedded({ directory, durable: false });
    expect(await sql`select 3 as three`).toEqual([{ three: 3 }]);
  }
});

test('what a transaction asks first travels with its begin, in it, and a begin that is lost takes it along', async () => {
  const target = new URL(embedded.ownerUrl);
  const held: Buffer[] = [];
  let mood: 'fine' | 'holds' | 'cuts' = 'holds';
  const server = createServer((client) => {
    const upstream = dial(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('data', (chunk) => {
      const begins = chunk.includes('begin');
      if (begins && mood === 'cuts') return void client.destroy();
      upstream.write(chunk);
      // Whoever waits for an answer to begin before he asks waits here for ever.
      if (begins && mood === 'holds' && !chunk.includes('in_transaction_since')) held.push(Buffer.alloc(0));
      else for (const answer of held.splice(0)) client.write(answer);
    });
    upstream.on('data', (answer) => (held.length > 0 ? held.push(answer) : client.write(answer)));
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const through = new URL(target);
  through.port = String((server.address() as AddressInfo).port);
  const sql = connect({ max: 1 }, through.href);
  await sql`select 1`;
  // Two statements of one transaction have one beginning.
  const state = (tx: postgres.ISql) => tx`select pg_backend_pid() as pid, now()::text as in_transaction_since`;
  for (let round = 0; round < ROUNDS; round++) {
    mood = 'holds';
    const [first, second] = await sql.begin(async (tx) => [(await state(tx))[0], (await state(tx))[0]]);
    expect(first).toMatchObject({ ...second });
    mood = 'cuts';
    let inside: unknown;
    const lost = sql.begin(async (tx) => {
      await state(tx).catch((error) => {
        inside = error;
        throw error;
      });
    });
    await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect.poll(() => inside).toMatchObject({ code: 'CONNECTION_CLOSED' });
    mood = 'fine';
    expect(await sql`select 3 as three`).toEqual([{ three: 3 }]);
  }
});

let closed = 0;

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

function connect(options: postgres.Options<Record<string, never>>, url = embedded.ownerUrl) {
  const sql = postgres(url, {
    ...options,
    backoff: () => 0.01,
    onnotice: () => {},
    onclose: () => {
      closed += 1;
    },
  });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

async function pidOf(sql: postgres.ISql) {
  const [row] = await sql`select pg_backend_pid() as pid`;
  return Number(row?.pid);
}

async function kill(pid: number) {
  const admin = postgres(embedded.adminUrl, { max: 1 });
  await admin`select pg_terminate_backend(${pid})`;
  await admin.end();
}

/** Comes back when the driver itself has seen the connection close. */
async function killAndNotice(pid: number) {
  const before = closed;
  await kill(pid);
  await expect.poll(() => closed, { interval: 5 }).toBeGreaterThan(before);
}
