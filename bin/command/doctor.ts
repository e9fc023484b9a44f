import { findDatabase } from '@/bin/command/database';
import type { Finding } from '@/bin/command/examine';
import { type Command, Misused, type Outcome, text } from '@/bin/command/outcome';
import { env, InvalidEnv } from '@/lib/env';
import { isEmail } from '@/lib/users/form';

const MARK = { well: '✓', trouble: '✗', note: '·' } as const;

export const doctorCommand: Command = {
  words: [],
  options: { mail: { type: 'string' } },
  database: false,
  what: 'looks for trouble: settings, the database’s role and row security, keys, clocks, jobs, mail, DNS',
  more: ['--mail <address> also sends a mail there.', 'Exits with 4 where it finds trouble.'],
  async run(given): Promise<Outcome> {
    const mailTo = text(given, 'mail');
    if (mailTo !== undefined && !isEmail(mailTo)) throw new Misused('--mail takes an e-mail address');
    const findings = await settings();
    if (findings.every(({ state }) => state !== 'trouble')) {
      // Loaded here alone: it brings the migrations and the queue, which take longer to load than
      // other commands run.
      const { findTrouble } = await import('@/bin/command/examine');
      findings.push(...(await findTrouble(mailTo)));
    }
    const shown = findings
      .map(({ state, what, fix }) => `${MARK[state]} ${what}${fix ? `\n    ${fix}` : ''}`)
      .join('\n');
    const well = findings.every(({ state }) => state !== 'trouble');
    return well
      ? { ok: true, told: { well, findings }, text: shown }
      : { ok: false, found: true, told: { well, findings }, text: shown };
  },
};

async function settings(): Promise<Finding[]> {
  try {
    findDatabase();
    return [{ state: 'well', what: `Settings: complete, root address ${env().publicUrl.origin}` }];
  } catch (error) {
    if (!(error instanceof InvalidEnv)) throw error;
    return [{ state: 'trouble', what: `Settings: ${error.variable}`, fix: error.fix }];
  }
}
