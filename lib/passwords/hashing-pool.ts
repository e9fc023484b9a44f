import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { env } from '@/lib/env';
import { Unavailable } from '@/lib/result';
import { singleton } from '@/lib/singleton';
import { seconds } from '@/lib/time';

export type HashingRequest =
  | { kind: 'hash'; password: string }
  | { kind: 'verify'; stored: string | null; password: string };
export type HashingResponse = { hash: string } | { ok: boolean; outdated: boolean; corrupt: boolean };

type Job = {
  id: number;
  question: HashingRequest;
  resolve(answer: HashingResponse): void;
  reject(error: Error): void;
  deadline: NodeJS.Timeout;
};
type Worker = { child: ChildProcess; asked: Map<number, Job>; heardAt: number };
type Pool = {
  threads: number;
  nextId: number;
  waiting: Job[];
  sending: NodeJS.Immediate | undefined;
  worker: Worker | undefined;
};

/** How long anybody waits for his turn, and then for his answer. */
export const DEADLINE = seconds(5);
/** What two cores hash within the deadline, with as much again of pages and Postgres beside it: a shift that begins at once. */
export const MOST_WAITING = 256;
// One job ahead of each thread, so that none idles while this process draws a page.
const AHEAD = 2;
/** So many more may be asked for at once, and their answers wait for each other: see turns.ts. */
export const GROUP = 16;

/** Promises the answer of the hashing process, started where it is not running. Rejects with Unavailable. */
export function askHashing(question: HashingRequest): Promise<HashingResponse> {
  const pool = thePool();
  if (pool.waiting.length >= MOST_WAITING) return Promise.reject(new Unavailable('hashing', 'busy'));
  return new Promise((resolve, reject) => {
    const id = pool.nextId++;
    const deadline = setTimeout(() => giveUp(pool, id), DEADLINE);
    pool.waiting.push({ id, question, resolve, reject, deadline });
    // What is asked in one turn of the loop is one message.
    pool.sending ??= setImmediate(sendWaiting, pool);
  });
}

/** How many jobs keep every thread at work. */
export function hashedAtOnce() {
  return thePool().threads * AHEAD;
}

/** Promises that no hashing process runs; jobs still open are rejected with Unavailable. */
export async function closeHashingProcess(): Promise<void> {
  const pool = thePool();
  const child = pool.worker?.child;
  const waiting = pool.waiting.splice(0);
  lose(pool, pool.worker);
  for (const job of waiting) refuse(job, 'closed');
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await gone;
}

function thePool(): Pool {
  return singleton<Pool>('hashing', () => ({
    threads: env().HASHING_THREADS ?? os.availableParallelism(),
    nextId: 1,
    waiting: [],
    sending: undefined,
    worker: undefined,
  }));
}

function sendWaiting(pool: Pool) {
  pool.sending = undefined;
  if (pool.waiting.length === 0) return;
  pool.worker ??= start(pool);
  const { worker } = pool;
  const jobs = pool.waiting.splice(0, hashedAtOnce() + GROUP - worker.asked.size);
  if (jobs.length === 0) return;
  if (worker.asked.size === 0) worker.heardAt = Date.now();
  for (const job of jobs) worker.asked.set(job.id, job);
  const questions = jobs.map(({ id, question }) => ({ id, ...question }));
  worker.child.send(questions, (error) => error && lose(pool, worker));
}

function start(pool: Pool): Worker {
  const child = fork(/* turbopackIgnore: true */ processFile(), [String(hashedAtOnce()), String(GROUP)], {
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(pool.threads) },
    execArgv: ['--max-old-space-size=64'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const worker: Worker = { child, asked: new Map(), heardAt: Date.now() };
  child.on('message', (answers) => hear(pool, worker, answers as ({ id: number } & HashingResponse)[]));
  child.on('error', () => lose(pool, worker));
  child.on('exit', () => lose(pool, worker));
  child.unref();
  child.channel?.unref();
  return worker;
}

function processFile() {
  return path.join(/* turbopackIgnore: true */ process.cwd(), 'lib/passwords/hashing-process.mjs');
}

function hear(pool: Pool, worker: Worker, answers: ({ id: number } & HashingResponse)[]) {
  worker.heardAt = Date.now();
  for (const { id, ...answer } of answers) {
    const job = worker.asked.get(id);
    worker.asked.delete(id);
    if (!job) continue;
    clearTimeout(job.deadline);
    job.resolve(answer);
  }
  if (pool.worker === worker) sendWaiting(pool);
}

function giveUp(pool: Pool, id: number) {
  const index = pool.waiting.findIndex((job) => job.id === id);
  const job = index >= 0 ? pool.waiting.splice(index, 1)[0] : pool.worker?.asked.get(id);
  if (job) refuse(job, 'deadline');
  const { worker } = pool;
  // A place stays taken until the child answers; a child silent for that long never will.
  if (worker && worker.asked.size > 0 && Date.now() - worker.heardAt >= DEADLINE) {
    lose(pool, worker);
    worker.child.kill('SIGKILL');
  }
}

function lose(pool: Pool, worker: Worker | undefined) {
  if (!worker) return;
  if (pool.worker === worker) pool.worker = undefined;
  for (const job of worker.asked.values()) refuse(job, 'crashed');
  worker.asked.clear();
  if (!pool.worker && pool.waiting.length > 0) sendWaiting(pool);
}

function refuse(job: Job, code: string) {
  clearTimeout(job.deadline);
  job.reject(new Unavailable('hashing', code));
}
