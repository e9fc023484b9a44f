import { expect, test } from 'vitest';
import { readFunctions } from '@/db/functions';
import { LIFETIMES } from '@/lib/lifetimes';
import { days, inDays, inMinutes, minutes } from '@/lib/time';

const { files } = readFunctions();

test.each([
  ['operators/find_operator_session', 's.last_seen_at', `${inMinutes(LIFETIMES.operatorIdle + minutes(1))} minutes`],
  ['jobs/purge_expired', 'new_codes_at', `${inMinutes(LIFETIMES.newRecoveryCodes)} minutes`],
  ['operators/purge_operators', 'new_codes_at', `${inMinutes(LIFETIMES.newRecoveryCodes)} minutes`],
  ['jobs/purge_expired', 'last_seen_at', `${inDays(LIFETIMES.device)} days`],
  ['operators/purge_operators', 'last_seen_at', `${inDays(LIFETIMES.device)} days`],
  ['audit/purge_audit', 'e.at', `${inDays(LIFETIMES.auditEvent)} days`],
])('%s compares %s with the lifetime of lib/lifetimes.ts: %s', (name, column, interval) => {
  expect(intervalsOf(name, column)).toContain(interval);
});

test('what has expired is kept at least as long as it lives before it is purged', () => {
  const kept = (name: string, table: string) =>
    days(Number(new RegExp(`DELETE FROM ${table}\\b[^;]*interval '(\\d+) days?'`).exec(textOf(name))?.[1]));
  expect(kept('jobs/purge_expired', 'password_resets')).toBeGreaterThan(LIFETIMES.resetLink);
  expect(kept('jobs/purge_expired', 'email_changes')).toBeGreaterThan(LIFETIMES.emailChangeLink);
  expect(kept('jobs/purge_expired', 'enrolments')).toBeGreaterThan(LIFETIMES.enrollment);
  expect(kept('jobs/purge_people', 'invitations')).toBeGreaterThan(LIFETIMES.invitation);
});

function intervalsOf(name: string, column: string) {
  const written = new RegExp(`(?<![\\w.])${column.replace('.', '\\.')} [^;]*?interval '([^']+)'`, 'g');
  return [...textOf(name).matchAll(written)].map(([, interval]) => interval);
}

function textOf(name: string) {
  return files.find((file) => file.name === name)?.text ?? '';
}
