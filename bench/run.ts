import { machineLine } from '@/bench/machine';
import { PARTS, type Part } from '@/bench/parts';
import { type Row, tableOf } from '@/bench/report';
import { openStage } from '@/bench/stage';

/**
 * `npm run bench`: the built product and its peers side by side on this machine, in rounds that
 * take turns, medians of them. Ratios are what counts: they change little from machine to machine.
 * `npm run bench -- audit people` measures those parts alone. Exits with 0 if everything asked for
 * was measured, whatever the figures.
 */

const started = performance.now();
const stage = openStage(tell);
const rows: Row[] = [];
const machine = machineLine();
let ending: Promise<void> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130));

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`bench: no part is called ${unknown.join(', ')}. Parts: ${PARTS.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}
await bench(PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name)));

async function bench(parts: Part[]) {
  console.log(`bench: ${machine}`);
  let missed = 0;
  for (const part of parts) {
    tell(part.what);
    // One part that fails or finds no time does not take their turn from the others.
    await within(part)
      .then((measured) => rows.push(...measured))
      .catch((error) => {
        if (ending) return;
        missed++;
        console.error(`bench: ${part.name} was not measured:`, error);
      });
  }
  await end(missed > 0 ? 1 : 0);
}

async function within({ measure, longest }: Part): Promise<Row[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no time for it: ${longest / 60_000} minutes are over`)), longest);
  });
  return Promise.race([measure(stage, tell), late]).finally(() => clearTimeout(timer));
}

function tell(what: string) {
  console.log(`bench: ${Math.round((performance.now() - started) / 1000)} s: ${what}`);
}

/** What was measured, then everything down again, once. */
function end(code: number) {
  if (!ending && rows.length > 0) console.log(`\n${machine}\n\n${tableOf(rows)}\n`);
  ending ??= stage.close().finally(() => process.exit(code));
  return ending;
}
