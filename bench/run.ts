import { setTimeout as delay } from 'node:timers/promises';
import { startLoader } from '@/bench/loader';
import { machineLine, residentMegabytes } from '@/bench/machine';
import { measureBusyPage } from '@/bench/measures/busy-page';
import { measureLookUp } from '@/bench/measures/look-up';
import { measureMemory } from '@/bench/measures/memory';
import { measureOidcCallback } from '@/bench/measures/oidc-callback';
import { measurePages } from '@/bench/measures/pages';
import { measurePeople } from '@/bench/measures/people';
import { measureSamlSignIns } from '@/bench/measures/saml-sign-ins';
import { measureSignIns } from '@/bench/measures/sign-ins';
import { measureWeight } from '@/bench/measures/weight';
import { startPeer } from '@/bench/peer';
import { makePeople } from '@/bench/people';
import { startProduct } from '@/bench/product';
import { type Row, tableOf } from '@/bench/report';
import { minutes, seconds } from '@/lib/time';

/**
 * `npm run bench`: the built product and its peers side by side on this machine, in rounds that take turns, medians of them.
 * Ratios are what counts: they change little from machine to machine. It promises nothing by its exit code.
 */

const started = performance.now();
const running: { stop(): Promise<void> }[] = [];
let ending: Promise<void> | undefined;
const rows: Row[] = [];
const machine = machineLine();
const LONGEST = minutes(6);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130));
setTimeout(() => {
  console.error('bench: it takes too long; this machine has no time for it');
  void end(1);
}, LONGEST).unref();

bench().then(
  () => end(0),
  (error) => {
    // What breaks because everything is being stopped is no news.
    if (!ending) console.error('bench: ended early:', error);
    return end(1);
  },
);

async function bench() {
  console.log(`bench: ${machine}`);
  tell('builds an empty page and starts both servers');
  const peer = keep(await startPeer());
  const product = keep(await startProduct(residentMegabytes));
  rows.push(...measureMemory(product, peer));
  tell('makes people');
  const people = await makePeople(product);
  const crowd = keep(startLoader());
  const person = keep(startLoader());
  rows.push(...(await measureWeight(product, peer, people)));
  tell('pages');
  rows.push(...(await measurePages(product, peer, people, crowd)));
  tell('sign-ins');
  rows.push(...(await measureSignIns(product, people, crowd)));
  tell('SAML sign-ins');
  rows.push(...(await measureSamlSignIns(product, crowd)));
  tell('pages while others sign in');
  rows.push(...(await measureBusyPage(people, crowd, person)));
  tell('single sign-on');
  rows.push(...(await measureOidcCallback(product)));
  tell('a million sessions');
  rows.push(...(await measureLookUp(product)));
  tell('a hundred thousand people');
  rows.push(...(await measurePeople(product)));
}

function keep<Process extends { stop(): Promise<void> }>(process: Process) {
  running.push(process);
  return process;
}

function tell(what: string) {
  console.log(`bench: ${Math.round((performance.now() - started) / 1000)} s: ${what}`);
}

/** What was measured, then everything down again in reverse, once, whatever else fails under way; what does not go by itself dies with this process. */
function end(code: number) {
  ending ??= closeAll().finally(() => process.exit(code));
  return ending;
}

async function closeAll() {
  if (rows.length > 0) console.log(`\n${machine}\n\n${tableOf(rows)}\n`);
  for (let one = running.pop(); one; one = running.pop()) {
    await Promise.race([one.stop().catch((error) => console.error(error)), delay(seconds(10))]);
  }
}
