import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Command, type Given, Misused, type Outcome, texts } from '@/bin/command/outcome';
import type { Anchor } from '@/lib/audit/anchor';
import { PROVIDER } from '@/lib/audit/provider';
import { verifyAudit } from '@/lib/audit/verify';
import { fileProblem } from '@/lib/environment/file-problem';
import { id } from '@/lib/ids';
import { findTenant, listAccounts } from '@/lib/tenants/tenants';

export const verifyAuditCommand: Command = {
  words: ['[account ID]'],
  options: { anchor: { type: 'string', multiple: true }, 'anchor-log': { type: 'string', multiple: true } },
  what: 'checks that a trail is whole; without an account ID, every trail and the service provider’s own',
  more: [
    'The end of each chain is printed; kept elsewhere and given back later as --anchor <seq>:<mac>, it shows a tail cut off with its end.',
    '--anchor goes with one account ID and can be given several times.',
    '--anchor-log <file> reads the ends of every chain from the server’s log; other lines in it are skipped.',
    'Exits with 4 where a trail does not hold.',
  ],
  run: verify,
};

type Chain = { id: string; name: string };
type Verdict = Awaited<ReturnType<typeof verifyAudit>>;

async function verify(given: Given): Promise<Outcome> {
  const anchorsOf = await readAnchors(given);
  const chains = await chainsOf(given.words[0]);
  if (!chains) return { ok: false, error: 'no-tenant' };
  const verdicts = [];
  for (const chain of chains) {
    const verdict = await verifyAudit(chain.id, anchorsOf(chain.id), (seq, last) =>
      given.terminal.progress(seq, last, `events of ${chain.name}`),
    );
    verdicts.push({ chain: chain.name, ...verdict });
  }
  const whole = verdicts.every(({ ok }) => ok);
  const lines = verdicts.flatMap(({ chain, ...verdict }) => [
    `${chain}: ${sentenceOf(verdict)}`,
    ...anchorLines(verdict),
  ]);
  const told = { whole, chains: verdicts };
  return whole ? { ok: true, told, text: lines.join('\n') } : { ok: false, found: true, told, text: lines.join('\n') };
}

function sentenceOf(verdict: Verdict) {
  if (verdict.ok) {
    const { events, anchor, proved } = verdict;
    const upTo = proved === null ? 'no anchor compared' : `proved by an anchor up to event ${proved}`;
    return `${events} events hold, ${upTo}, end ${anchor.seq}:${anchor.mac}`;
  }
  const { bad, badSeqs, cutAt } = verdict;
  const more = bad > badSeqs.length ? ` and ${bad - badSeqs.length} more` : '';
  return [
    ...(bad > 0 ? [`${bad} ${bad === 1 ? 'event does' : 'events do'} not hold: ${badSeqs.join(', ')}${more}`] : []),
    ...(cutAt === null
      ? []
      : [
          `events are missing from event ${cutAt}; they were removed, or lost when the database was restored or failed over`,
        ]),
  ].join('; ');
}

const ANCHOR_STATES = {
  holds: 'holds',
  differs: 'does not hold',
  removed: 'cannot be compared, because retention has removed the event',
};

function anchorLines({ anchors }: Verdict) {
  return anchors.map(({ seq, state }) => `  anchor of event ${seq}: ${ANCHOR_STATES[state]}`);
}

async function chainsOf(accountId: string | undefined): Promise<Chain[] | undefined> {
  if (accountId) {
    const tenant = await findTenant(accountId);
    return tenant && [{ id: tenant.id, name: tenant.accountId }];
  }
  const tenants = await listAccounts();
  return [...tenants.map(({ id, accountId: name }) => ({ id, name })), { id: PROVIDER, name: 'service provider' }];
}

/** Returns what finds the given anchors of a chain, lowest first. */
async function readAnchors(given: Given) {
  const typed = texts(given, 'anchor').map(anchorIn);
  if (typed.length > 0 && !given.words[0]) throw new Misused('--anchor <seq>:<mac> goes with one account ID');
  const files = await Promise.all(texts(given, 'anchor-log').map(readLog));
  return (chain: string): Anchor[] => {
    const logged = files.flat().filter(({ tenant }) => tenant === chain);
    return [...typed, ...logged].map(({ seq, mac }) => ({ seq, mac })).sort((one, other) => one.seq - other.seq);
  };
}

function anchorIn(text: string): Anchor {
  const match = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/.exec(text);
  if (!match?.[2]) throw new Misused('--anchor must be <seq>:<mac>');
  return { seq: Number(match[1]), mac: match[2] };
}

const LOGGED = z.object({
  audit: z.literal('anchor'),
  tenant: id,
  seq: z.int().nonnegative(),
  mac: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/**
 * Returns the anchors in a file of log lines. A log collector may have put its own words in front.
 */
async function readLog(file: string) {
  const text = await readFile(path.resolve(process.env.GATEHOUSE_CWD || '.', file), 'utf8').catch((error) => {
    throw new Misused(`${file}: ${fileProblem(error) ?? 'cannot be read'}`);
  });
  const anchors = text.split('\n').flatMap((line) => {
    const logged = LOGGED.safeParse(parseLine(line.slice(Math.max(line.indexOf('{'), 0))));
    return logged.success ? [logged.data] : [];
  });
  if (anchors.length === 0) throw new Misused(`${file} has no anchors; they are the log lines with "audit":"anchor"`);
  return anchors;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
