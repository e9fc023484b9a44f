// The child of hashing.ts: argon2id at low priority, so that 40 sign-ins at once do not slow one page.
// Plain JavaScript because it is started by path, beside the bundle and not inside it.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';

// OWASP Password Storage and ASVS 5.0 appendix C: argon2id with t=2 wants m >= 19456 KiB.
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
// A damaged hash may ask for terabytes; past this we call it damaged instead of trying.
const MOST_MEMORY = 262_144;
const MOST_PASSES = 16;

// How many questions keep every thread at work, and how many answers wait for each other at most.
const [enough, group] = process.argv.slice(2).map(Number);
const answers = [];
let open = 0;
let heldSince = 0;
// Where hashing is slow, nobody waits longer for the others; and who hears nothing for five seconds thinks that we hang.
const LONGEST_HELD_MS = 250;

const dummy = hash(randomBytes(32), PARAMETERS);
stepBack();

// A Ctrl-C in the terminal reaches the whole process group; the server still has sign-ins to finish.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (questions) => {
  open += questions.length;
  for (const question of questions) answer(question);
});

/** Gives way to pages. Linux counts each thread by itself, and those that hash were started with the process. */
function stepBack() {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) {
    try {
      os.setPriority(thread, 10);
    } catch {
      // A thread may have ended, or a container forbid it: hashing then competes with pages, and nothing else changes.
    }
  }
}

/** Those who wait for an answer go on together, as long as the threads have enough to do meanwhile. */
async function answer({ id, kind, stored, password }) {
  const reply = kind === 'hash' ? await makeHash(password) : await check(stored, password);
  if (answers.length === 0) heldSince = Date.now();
  answers.push({ id, ...reply });
  open--;
  if (open > enough && answers.length < group && Date.now() - heldSince < LONGEST_HELD_MS) return;
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
