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
  request: HashingRequest;
  resolve(response: HashingResponse): void;
  reject(error: Error): void;
  deadline: NodeJS.Timeout;
};
type Worker = { child: ChildProcess; sent: Map<number, Job>; lastResponseAt: number };
type Pool = {
  threads: number;
  nextId: number;
  waiting: Job[];
  sending: NodeJS.Immediate | undefined;
  worker: Worker | undefined;
};

/** How long a request waits in the queue, and then for its response. */
export const DEADLINE = seconds(5);
/** A process silent for this long hangs. Below DEADLINE, which starts before a request is sent. */
const LONGEST_SILENCE = seconds(4);
/**
 * About what two cores hash within the deadline while they serve pages: a shift that signs in at
 * once.
 */
export const MOST_WAITING = 256;
// One job ahead of each thread, so that none idles while this process draws a page.
const AHEAD = 2;
/**
 * Requests admitted beyond the thread count; their answers are batched (see admission-queue.ts).
 */
export const GROUP = 16;

/**
 * Returns the response of the hashing process, which is started if needed. Rejects with
 * Unavailable.
 */
export function requestHash(request: HashingRequest): Promise<HashingResponse> {
  const pool = sharedPool();
  if (pool.waiting.length >= MOST_WAITING) return Promise.reject(new Unavailable('hashing', 'busy'));
  return new Promise((resolve, reject) => {
    const id = pool.nextId++;
    const deadline = setTimeout(() => expire(pool, id), DEADLINE);
    pool.waiting.push({ id, request, resolve, reject, deadline });
    // Requests of one iteration of the event loop are one message.
    pool.sending ??= setImmediate(sendWaiting, pool);
  });
}

/** Returns how many jobs keep every thread busy. */
export function hashedAtOnce() {
  return sharedPool().threads * AHEAD;
}

/** Stops the hashing process; open jobs are rejected with Unavailable. */
export async function closeHashingProcess(): Promise<void> {
  const pool = sharedPool();
  const child = pool.worker?.child;
  const waiting = pool.waiting.splice(0);
  dropWorker(pool, pool.worker);
  for (const job of waiting) rejectJob(job, 'closed');
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await gone;
}

function sharedPool(): Pool {
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
  const jobs = pool.waiting.splice(0, hashedAtOnce() + GROUP - worker.sent.size);
  if (jobs.length === 0) return;
  if (worker.sent.size === 0) worker.lastResponseAt = Date.now();
  for (const job of jobs) worker.sent.set(job.id, job);
  const requests = jobs.map(({ id, request }) => ({ id, ...request }));
  worker.child.send(requests, (error) => error && dropWorker(pool, worker));
}

function start(pool: Pool): Worker {
  const child = fork(/* turbopackIgnore: true */ processFile(), [String(hashedAtOnce()), String(GROUP)], {
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(pool.threads) },
    execArgv: ['--max-old-space-size=64'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const worker: Worker = { child, sent: new Map(), lastResponseAt: Date.now() };
  child.on('message', (responses) => receive(pool, worker, responses as ({ id: number } & HashingResponse)[]));
  child.on('error', () => dropWorker(pool, worker));
  child.on('exit', () => dropWorker(pool, worker));
  child.unref();
  child.channel?.unref();
  return worker;
}

function processFile() {
  return path.join(/* turbopackIgnore: true */ process.cwd(), 'lib/passwords/hashing-process.mjs');
}

function receive(pool: Pool, worker: Worker, responses: ({ id: number } & HashingResponse)[]) {
  worker.lastResponseAt = Date.now();
  for (const { id, ...response } of responses) {
    const job = worker.sent.get(id);
    worker.sent.delete(id);
    if (!job) continue;
    clearTimeout(job.deadline);
    job.resolve(response);
  }
  if (pool.worker === worker) sendWaiting(pool);
}

function expire(pool: Pool, id: number) {
  const index = pool.waiting.findIndex((job) => job.id === id);
  const job = index >= 0 ? pool.waiting.splice(index, 1)[0] : pool.worker?.sent.get(id);
  if (job) rejectJob(job, 'deadline');
  const { worker } = pool;
  // A timed-out job counts as sent until the child replies, unless it hangs.
  if (worker && worker.sent.size > 0 && Date.now() - worker.lastResponseAt >= LONGEST_SILENCE) {
    dropWorker(pool, worker);
    worker.child.kill('SIGKILL');
  }
}

function dropWorker(pool: Pool, worker: Worker | undefined) {
  if (!worker) return;
  if (pool.worker === worker) pool.worker = undefined;
  for (const job of worker.sent.values()) rejectJob(job, 'crashed');
  worker.sent.clear();
  if (!pool.worker && pool.waiting.length > 0) sendWaiting(pool);
}

function rejectJob(job: Job, code: string) {
  clearTimeout(job.deadline);
  job.reject(new Unavailable('hashing', code));
}
