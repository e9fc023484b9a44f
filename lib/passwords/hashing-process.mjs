// The child process of hashing-pool.ts: argon2id at low priority, so that sign-ins do not slow
// pages.
// Plain JavaScript, because it is started by path outside the bundle.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';

// OWASP Password Storage and ASVS 5.0 appendix C: argon2id with t=2 wants m >= 19456 KiB.
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
// A damaged hash may require terabytes; above this it counts as corrupt.
const MOST_MEMORY = 262_144;
const MOST_PASSES = 16;

// How many requests keep every thread busy, and how many responses are batched at most.
const [enough, group] = process.argv.slice(2).map(Number);
const answers = [];
let open = 0;
let heldSince = 0;
// The longest delay of a batch; the parent takes five silent seconds for a hang.
const LONGEST_DELAY_MS = 250;

const dummy = hash(randomBytes(32), PARAMETERS);
lowerPriority();

// Ctrl-C reaches the whole process group, but the server still has sign-ins to finish.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (questions) => {
  open += questions.length;
  for (const question of questions) answer(question);
});

/**
 * Lowers the priority of every thread: Linux keeps one for each, and the hashing threads exist
 * already.
 */
function lowerPriority() {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) {
    try {
      os.setPriority(thread, 10);
    } catch {
      // The thread has ended or a container forbids it; hashing then competes with pages.
    }
  }
}

/** Batches responses while the threads have enough other work. */
async function answer({ id, kind, stored, password }) {
  const reply = kind === 'hash' ? await makeHash(password) : await check(stored, password);
  if (answers.length === 0) heldSince = Date.now();
  answers.push({ id, ...reply });
  open--;
  if (open > enough && answers.length < group && Date.now() - heldSince < LONGEST_DELAY_MS) return;
  if (process.connected) process.send(answers.splice(0));
}

async function makeHash(password) {
  return { hash: await hash(password, PARAMETERS) };
}

async function check(stored, password) {
  const parameters = stored === null ? null : parse(stored);
  if (!parameters) {
    await verify(await dummy, password);
    return { ok: false, outdated: false, corrupt: stored !== null };
  }
  try {
    return { ok: await verify(stored, password), outdated: isOutdated(parameters), corrupt: false };
  } catch {
    return { ok: false, outdated: false, corrupt: true };
  }
}

function parse(stored) {
  try {
    const found = parseOptions(stored);
    return found.memoryCost <= MOST_MEMORY && found.timeCost <= MOST_PASSES ? found : null;
  } catch {
    return null;
  }
}

function isOutdated(found) {
  return Object.entries(PARAMETERS).some(([name, value]) => found[name] !== value);
}
