import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { statement } from '@/db';
import { assertMigrated, assertRoleIsBound } from '@/db/check';
import { isSkewed, readClocks } from '@/lib/clock-skew';
import { deliver, MailRefused } from '@/lib/emails/deliver';
import { env, InvalidEnv } from '@/lib/env';
import { compareKeys, RESTORE_KEY, writesUnreadKey } from '@/lib/keys/checks';
import { findLookalikes, LOOKALIKE_FIX } from '@/lib/network/lookalikes';
import { Unavailable } from '@/lib/result';
import { countCodesWithoutKeyId } from '@/lib/second-factor/recovery-codes';
import { seconds } from '@/lib/time';

export type Finding = { state: 'well' | 'trouble' | 'note'; what: string; fix?: string };

const DEADLINE = seconds(5);

/** Checks what this program depends on. `mailTo` gets a test email. */
export async function findTrouble(mailTo: string | undefined): Promise<Finding[]> {
  const database = await examineDatabase();
  const rest = await Promise.all([examineNames(), examineMail(mailTo)]);
  return [...database, ...rest.flat()];
}

async function examineDatabase(): Promise<Finding[]> {
  const url = env().DATABASE_URL;
  const findings: Finding[] = [];
  for (const [what, look] of [
    ['Database: answers; its role is bound by row security on every table', assertRoleIsBound],
    ['Database: at this version', assertMigrated],
  ] as const) {
    const fix = await look(url).then(
      () => undefined,
      (error: unknown) => (error instanceof InvalidEnv ? error.fix : 'it does not answer'),
    );
    findings.push(fix ? { state: 'trouble', what: what.replace(/:.*/, ''), fix } : { state: 'well', what });
    if (fix) return findings;
  }
  return [
    ...findings,
    ...(await examineKeys()),
    await examineClock(),
    await examineJobs(),
    ...(await examineClients()),
  ];
}

async function examineKeys(): Promise<Finding[]> {
  const report = await compareKeys();
  const ids = env().keyring.map(({ id }) => id);
  if (report.wrong.length > 0)
    return [
      {
        state: 'trouble',
        what: `Keys: ${report.wrong.join(', ')} differs from the key used before`,
        fix: RESTORE_KEY,
      },
    ];
  const findings: Finding[] = [{ state: 'well', what: `Keys: ${ids.join(', ')}; ${ids[0]} writes` }];
  if (writesUnreadKey(report))
    findings.push({
      state: 'trouble',
      what: `Keys: ${ids[0]} writes, and no instance has had it to read yet`,
      fix: 'Put it at the end of GATEHOUSE_SECRETS on every instance first, then at the front.',
    });
  if (report.absent.length > 0)
    findings.push({
      state: 'note',
      what: `Keys: ${report.absent.join(', ')} was used here and is not in GATEHOUSE_SECRETS`,
      fix: 'Requests that need it are answered 503. Add it at the end, unless nothing written under it is left.',
    });
  return [...findings, ...(await examineRecoveryCodes(ids.length > 1, report.absent.length > 0))];
}

/** While a key is rolled, or once one is gone: what was made before key ids were stored. */
async function examineRecoveryCodes(isRolling: boolean, isAbsent: boolean): Promise<Finding[]> {
  const count = isRolling || isAbsent ? await countCodesWithoutKeyId() : 0;
  if (count === 0) return [];
  return [
    {
      state: isAbsent ? 'trouble' : 'note',
      what: `Keys: ${count} recovery codes do not say which key made them`,
      fix: 'If their key is missing, they are rejected as wrong. Keep every earlier key until their users have made new codes.',
    },
  ];
}

async function examineClock(): Promise<Finding> {
  const reading = await readClocks();
  const what = `Clocks: this machine and the database are ${Math.abs(reading.skew)} ms apart`;
  if (!isSkewed(reading)) return { state: 'well', what };
  return {
    state: 'trouble',
    what,
    fix: 'Codes of authenticator apps and lockouts go wrong. Keep both clocks in step with NTP.',
  };
}

/** Returns whether a worker runs the queued jobs; mail waits for it. */
async function examineJobs(): Promise<Finding> {
  const [row] = await statement<{ late: number }>(
    `select count(*)::int as late from graphile_worker.jobs where run_at < now() - interval '5 minutes' and attempts < max_attempts and locked_at is null`,
    [],
  );
  const late = row?.late ?? 0;
  if (late === 0) return { state: 'well', what: 'Jobs: none is late' };
  return {
    state: 'trouble',
    what: `Jobs: ${late} are five minutes late or more`,
    fix: 'Is an instance of Gatehouse running? Mail waits for it.',
  };
}

/** Whether a server with these settings has seen many clients count as one. */
async function examineClients(): Promise<Finding[]> {
  const alike = await findLookalikes();
  if (!alike) return [];
  const what = `Clients: ${alike.passedOver} addresses in X-Forwarded-For counted as ${alike.address}`;
  return [{ state: 'trouble', what, fix: LOOKALIKE_FIX }];
}

/** The root domain and anything under it lead somewhere, as tenants' addresses must. */
async function examineNames(): Promise<Finding[]> {
  const { publicUrl, local } = env();
  if (local) return [{ state: 'note', what: `DNS: ${publicUrl.hostname} exists on this machine alone` }];
  const names = [publicUrl.hostname, `operator.${publicUrl.hostname}`, `any-tenant.${publicUrl.hostname}`];
  return Promise.all(
    names.map(async (name): Promise<Finding> => {
      const found = await lookup(name, { all: true }).catch(() => []);
      if (found.length > 0)
        return { state: 'well', what: `DNS: ${name} is ${found.map(({ address }) => address).join(', ')}` };
      return {
        state: 'trouble',
        what: `DNS: ${name} leads nowhere`,
        fix: `Let ${publicUrl.hostname} and *.${publicUrl.hostname} lead to the reverse proxy.`,
      };
    }),
  );
}

async function examineMail(mailTo: string | undefined): Promise<Finding[]> {
  const { RESEND_API_KEY, SMTP_URL, MAIL_FROM } = env();
  if (mailTo) return [await sendOne(mailTo)];
  if (RESEND_API_KEY) return [{ state: 'note', what: 'Mail: by Resend; --mail <address> sends one to see' }];
  if (!SMTP_URL) return [{ state: 'note', what: 'Mail: kept in the mailbox page of the demonstration' }];
  const { hostname, port, protocol } = new URL(SMTP_URL);
  const reached = await reach(hostname, Number(port) || (protocol === 'smtps:' ? 465 : 587));
  if (reached) return [{ state: 'well', what: `Mail: ${hostname} answers, sender ${MAIL_FROM}` }];
  return [
    {
      state: 'trouble',
      what: `Mail: ${hostname} does not answer`,
      fix: 'Correct SMTP_URL, or let this machine reach it.',
    },
  ];
}

async function sendOne(to: string): Promise<Finding> {
  try {
    await deliver({
      to,
      from: env().MAIL_FROM ?? 'Gatehouse <no-reply@localhost>',
      subject: 'Gatehouse doctor',
      text: 'Mail of Gatehouse arrives here.',
      html: '<p>Mail of Gatehouse arrives here.</p>',
      idempotencyKey: `doctor-${Date.now()}`,
    });
    return { state: 'well', what: `Mail: one was taken for ${to}` };
  } catch (error) {
    if (!(error instanceof MailRefused) && !(error instanceof Unavailable)) throw error;
    return {
      state: 'trouble',
      what: `Mail: not taken for ${to} (${error.code})`,
      fix: 'Correct SMTP_URL, RESEND_API_KEY or MAIL_FROM.',
    };
  }
}

function reach(host: string, port: number) {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ host, port, timeout: DEADLINE });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}
