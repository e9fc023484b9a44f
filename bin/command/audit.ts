import { type Command, type Given, Misused, type Outcome, text } from '@/bin/command/outcome';
import type { Anchor } from '@/lib/audit/anchor';
import { PROVIDER } from '@/lib/audit/provider';
import { verifyAudit } from '@/lib/audit/verify';
import { findTenant, listAccounts } from '@/lib/tenants/tenants';

export const verifyAuditCommand: Command = {
  words: ['[account ID]'],
  options: { anchor: { type: 'string' } },
  what: 'checks that a trail is whole; without an account ID, every trail and the service provider’s own',
  more: [
    'The end of each chain is printed; kept elsewhere and given back later as --anchor <seq>:<mac>, it shows a tail cut off with its end.',
    'Exits with 4 where a trail does not hold.',
  ],
  run: verify,
};

type Chain = { id: string; name: string };

async function verify(given: Given): Promise<Outcome> {
  const chains = await chainsOf(given.words[0]);
  if (!chains) return { ok: false, error: 'no-tenant' };
  const anchor = anchorOf(given, chains);
  const verdicts = [];
  for (const { id, name } of chains) {
    const verdict = await verifyAudit(id, anchor, (seq, last) =>
      given.terminal.progress(seq, last, `events of ${name}`),
    );
    verdicts.push({ chain: name, ...verdict });
  }
  const whole = verdicts.every(({ ok }) => ok);
  const lines = verdicts.map(({ chain, ...verdict }) => `${chain}: ${sentenceOf(verdict)}`);
  const told = { whole, chains: verdicts };
  return whole ? { ok: true, told, text: lines.join('\n') } : { ok: false, found: true, told, text: lines.join('\n') };
}

function sentenceOf(verdict: Awaited<ReturnType<typeof verifyAudit>>) {
  if (verdict.ok) {
    const { events, anchor, proved } = verdict;
    const upTo = proved === null ? 'no anchor compared' : `proved by an anchor up to event ${proved}`;
    return `${events} events hold, ${upTo}, end ${anchor.seq}:${anchor.mac}`;
  }
  const { bad, badSeqs, cutAt } = verdict;
  const more = bad > badSeqs.length ? ` and ${bad - badSeqs.length} more` : '';
  return [
    ...(bad > 0 ? [`${bad} ${bad === 1 ? 'event does' : 'events do'} not hold: ${badSeqs.join(', ')}${more}`] : []),
    ...(cutAt === null ? [] : [`events are missing from event ${cutAt}`]),
  ].join('; ');
}

async function chainsOf(accountId: string | undefined): Promise<Chain[] | undefined> {
  if (accountId) {
    const tenant = await findTenant(accountId);
    return tenant && [{ id: tenant.id, name: tenant.accountId }];
  }
  const tenants = await listAccounts();
  return [...tenants.map(({ id, accountId: name }) => ({ id, name })), { id: PROVIDER, name: 'service provider' }];
}

function anchorOf(given: Given, chains: Chain[]): Anchor | undefined {
  const said = text(given, 'anchor');
  if (!said) return undefined;
  const match = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/.exec(said);
  if (!match?.[2] || chains.length !== 1) throw new Misused('--anchor <seq>:<mac> goes with one account ID');
  return { seq: Number(match[1]), mac: match[2] };
}
