import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PROVIDER } from '@/lib/audit/provider';
import { findOperatorAttempt } from '@/lib/operators/attempt';
import { resetOperatorPassword, resetOperatorSecondFactor } from '@/lib/operators/operators';
import { operatorFactorState, renewOperatorCodes } from '@/lib/operators/second-factor';
import { signInOperator } from '@/lib/operators/sign-in';
import {
  chooseOperatorPassword,
  enrollOperator,
  proveOperatorCode,
  proveOperatorRecoveryCode,
} from '@/lib/operators/sign-in-steps';
import { confirmCodesKept, newCodes } from '@/lib/second-factor/settings';
import { eventsOf } from '@/tests/support/audit';
import { admin, age } from '@/tests/support/clock';
import { operatorCause as cause, newOperator, type Operator, operatorCodes } from '@/tests/support/operators';
import { codeOf, wrongCode } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const provider = { id: PROVIDER };
const SESSION = randomUUID();
const WRONG = { ok: false, error: 'wrong-recovery-code' };

describe('enrolling', () => {
  test('makes ten codes, shown until they are kept or ten minutes are over, and stored as digests alone', async () => {
    const operator = await newOperator({ enrolled: false });
    expect(await enrol(operator)).toMatchObject({ next: 'done', newCodes: true });
    const codes = (await shownCodes(operator)) ?? [];
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
    expect(await operatorFactorState(operator.id)).toMatchObject({ codesLeft: 10, since: expect.any(Date) });
    const stored = JSON.stringify([
      await admin()`select * from operators where id = ${operator.id}`,
      await admin()`select operator_id, encode(code_digest, 'escape') from operator_recovery_codes`,
    ]);
    for (const code of codes) for (const part of code.split('-')) expect(stored).not.toContain(part);

    await age('operators', 601, `id = '${operator.id}'`);
    expect(await shownCodes(operator)).toBeUndefined();
    await admin()`select purge_operators()`;
    const [row] = await admin()`select sealed_new_codes, new_codes_at from operators where id = ${operator.id}`;
    expect(row).toEqual({ sealed_new_codes: null, new_codes_at: null });
    expect(await proveOperatorRecoveryCode(await attempt(operator), codes[0] ?? '', cause)).toMatchObject({
      next: 'done',
    });

    const other = await newOperator({ enrolled: false });
    await enrol(other);
    await confirmCodesKept(provider, other.id, await shownTo(other));
    expect(await shownCodes(other)).toBeUndefined();
    expect((await operatorFactorState(other.id)).codesLeft).toBe(10);
  });

  test('again, after a reset, makes the codes of before worthless', async () => {
    const operator = await newOperator();
    const [old = ''] = await operatorCodes(operator);
    await resetOperatorSecondFactor(operator.id, cause);
    await enrol(operator);
    const fresh = (await shownCodes(operator)) ?? [];
    expect(await use(operator, old)).toMatchObject(WRONG);
    expect(await use(operator, fresh[0] ?? '')).toMatchObject({ next: 'done' });
  });
});

describe('a recovery code', () => {
  test('opens a session once, in capitals and without its hyphen too, and only its owner’s', async () => {
    const [operator, other] = [await newOperator(), await newOperator()];
    const [first = '', second = ''] = await operatorCodes(operator);
    const tenant = await newTenant();
    const foreign = [...(await operatorCodes(other)), ...(await enrolled(tenant, await newUser(tenant))).codes];
    expect(await use(operator, foreign[0] ?? '')).toMatchObject(WRONG);
    expect(await use(operator, foreign[10] ?? '')).toMatchObject(WRONG);
    expect(await use(operator, first)).toMatchObject({ next: 'done', session: { token: expect.any(String) } });
    expect(await use(operator, first)).toMatchObject(WRONG);
    expect(await use(operator, ` ${second.toUpperCase().replace('-', '')} `)).toMatchObject({ next: 'done' });
    expect((await operatorFactorState(operator.id)).codesLeft).toBe(8);
    expect((await operatorFactorState(other.id)).codesLeft).toBe(10);
    const told = await trailOf(operator);
    expect(told.slice(1).map(({ event, detail }) => [event, detail.factor ?? detail.left])).toEqual([
      ['authn_login_code_fail', 'recovery-code'],
      ['authn_login_code_fail', 'recovery-code'],
      ['authn_recovery_code_use', 9],
      ['authn_login_success', 'recovery-code'],
      ['authn_login_code_fail', 'recovery-code'],
      ['authn_recovery_code_use', 8],
      ['authn_login_success', 'recovery-code'],
    ]);
    expect(JSON.stringify(told)).not.toContain(first);
  });

  test('of many at once, from one sign-in or from several, lets one in', async () => {
    const operator = await newOperator();
    const [first = '', second = ''] = await operatorCodes(operator);
    const several = await Promise.all([attempt(operator), attempt(operator), attempt(operator), attempt(operator)]);
    const answers = await Promise.all(several.map((one) => proveOperatorRecoveryCode(one, first, cause)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await sessionsOf(operator)).toBe(1);
    await admin()`delete from throttles where user_id = ${operator.id}`;
    const one = await attempt(operator);
    const same = await Promise.all(Array.from({ length: 4 }, () => proveOperatorRecoveryCode(one, second, cause)));
    expect(same.map((answer) => answer.ok || answer.error).sort()).toEqual(['expired', 'expired', 'expired', true]);
    expect([await sessionsOf(operator), (await operatorFactorState(operator.id)).codesLeft]).toEqual([2, 8]);
  });

  test('that is wrong counts with the wrong codes of the app: five of either close both', async () => {
    const operator = await newOperator();
    const codes = await operatorCodes(operator);
    for (const code of ['aaaaa-aaaaa', '', '00000-00000']) expect(await use(operator, code)).toMatchObject(WRONG);
    const wrong = () => attempt(operator).then((one) => proveOperatorCode(one, wrongCode(operator.secret), cause));
    expect(await wrong()).toMatchObject({ error: 'wrong-code' });
    expect(await wrong()).toMatchObject({ error: 'code-locked', minutes: 15 });
    expect(await use(operator, codes[0] ?? '')).toMatchObject({ error: 'code-locked' });
    const right = await proveOperatorCode(await attempt(operator), codeOf(operator.secret), cause);
    expect(right).toMatchObject({ error: 'code-locked' });
    expect((await trailOf(operator)).at(-1)).toMatchObject({ event: 'authn_login_code_lock' });
    await age('throttles', 15 * 60 + 1, `user_id = '${operator.id}'`);
    expect(await use(operator, codes[0] ?? '')).toMatchObject({ next: 'done' });
    const [left] = await admin()`select count(*)::int from throttles where user_id = ${operator.id}`;
    expect(left?.count).toBe(0);
  });

  test('requires a new password after a temporary one, and the audit log says what was shown', async () => {
    const operator = await newOperator();
    const [code = ''] = await operatorCodes(operator);
    const made = await resetOperatorPassword(operator.id, cause);
    if (!made.ok) throw new Error(made.error);
    const followed = await use({ ...operator, password: made.temporaryPassword }, code);
    if (!followed.ok || followed.next !== 'new-password') throw new Error('no new password asked');
    const own = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    const pending = await findOperatorAttempt(followed.attempt.token);
    if (!pending) throw new Error('no attempt');
    expect(await chooseOperatorPassword(pending, own, cause)).toMatchObject({ next: 'done' });
    expect((await trailOf(operator)).at(-1)).toMatchObject({
      event: 'authn_login_success',
      detail: { factor: 'recovery-code' },
    });
  });

  test('is gone with the second factor, and with it the sign-in that waits for one', async () => {
    const operator = await newOperator();
    await renewOperatorCodes(asker(operator), PASSWORD, cause);
    const codes = (await shownCodes(operator)) ?? [];
    const pending = await attempt(operator);
    expect(await resetOperatorSecondFactor(operator.id, { ...cause, actorId: (await newOperator()).id })).toEqual({
      ok: true,
    });
    expect(await proveOperatorRecoveryCode(pending, codes[0] ?? '', cause)).toMatchObject({
      error: 'expired',
    });
    expect([await shownCodes(operator), (await operatorFactorState(operator.id)).codesLeft]).toEqual([undefined, 0]);
    expect((await attempt(operator)).step).toBe('enroll');
  });

  test('and a reset at the same moment leave no code and no session', async () => {
    for (let round = 0; round < 6; round++) {
      const operator = await newOperator();
      const [code = ''] = await operatorCodes(operator);
      const pending = await attempt(operator);
      await Promise.all([
        proveOperatorRecoveryCode(pending, code, cause),
        resetOperatorSecondFactor(operator.id, cause),
      ]);
      expect([await sessionsOf(operator), (await operatorFactorState(operator.id)).codesLeft]).toEqual([0, 0]);
    }
  });
});

describe('new codes', () => {
  test('are made after the password only, and the old ones stop working', async () => {
    const operator = await newOperator();
    const [old = ''] = await operatorCodes(operator);
    const signedIn = { ...cause, actorId: operator.id };
    expect(await renewOperatorCodes(asker(operator), 'not mine', signedIn)).toMatchObject({
      error: 'wrong-password',
      field: 'password',
    });
    expect(await shownCodes(operator)).toBeUndefined();
    expect(await renewOperatorCodes(asker(operator), PASSWORD, signedIn)).toEqual({ ok: true });
    const fresh = (await shownCodes(operator)) ?? [];
    expect(await use(operator, old)).toMatchObject(WRONG);
    expect(await use(operator, fresh[9] ?? '')).toMatchObject({ next: 'done' });
    const renewed = (await trailOf(operator)).filter(({ event }) => event === 'authn_recovery_codes_renew');
    expect(renewed.map(({ actor_id }) => actor_id)).toEqual([operator.id]);
  });

  test('requested five times with a wrong password are refused, also with the right one', async () => {
    const operator = await newOperator();
    for (let tried = 0; tried < 4; tried++) await renewOperatorCodes(asker(operator), 'not mine', cause);
    for (const password of ['not mine', PASSWORD])
      expect(await renewOperatorCodes(asker(operator), password, cause)).toMatchObject({ error: 'locked' });
    expect((await operatorFactorState(operator.id)).codesLeft).toBe(0);
  });

  test('made twice at once are ten, and those that are shown', async () => {
    const operator = await newOperator();
    await Promise.all([
      renewOperatorCodes(asker(operator), PASSWORD, cause),
      renewOperatorCodes(asker(operator), PASSWORD, cause),
    ]);
    const shown = (await shownCodes(operator)) ?? [];
    expect([shown.length, (await operatorFactorState(operator.id)).codesLeft]).toEqual([10, 10]);
    expect(await use(operator, shown[0] ?? '')).toMatchObject({ next: 'done' });
  });

  test('cannot be made without a second factor', async () => {
    const operator = await newOperator({ enrolled: false });
    expect(await renewOperatorCodes(asker(operator), PASSWORD, cause)).toMatchObject({ error: 'second-factor-is-off' });
  });
});

/** The operator in a session of theirs. */
function asker({ id }: Pick<Operator, 'id'>) {
  return { operatorId: id, sessionId: SESSION };
}

/** The session that new codes are shown to. */
async function shownTo({ id }: Pick<Operator, 'id'>) {
  const [row] = await admin()`select new_codes_session as session from operators where id = ${id}`;
  return String(row?.session ?? SESSION);
}

async function shownCodes(operator: Pick<Operator, 'id'>) {
  return newCodes(provider, operator.id, await shownTo(operator));
}

/** Types the password, and promises the sign-in that waits for the second factor. */
async function attempt({ username, password }: Pick<Operator, 'username' | 'password'>) {
  const followed = await signInOperator({ username, password, returnTo: '' }, from());
  if (!followed.ok || !('attempt' in followed)) throw new Error('no attempt');
  const found = await findOperatorAttempt(followed.attempt.token);
  if (!found) throw new Error('no attempt found');
  return found;
}

async function enrol(operator: Operator) {
  const pending = await attempt(operator);
  return enrollOperator(pending, codeOf(pending.secret ?? ''), cause);
}

async function use(operator: Pick<Operator, 'username' | 'password'>, code: string) {
  return proveOperatorRecoveryCode(await attempt(operator), code, cause);
}

async function trailOf(operator: Operator) {
  return (await eventsOf(provider)).filter(({ subject_id }) => subject_id === operator.id);
}

async function sessionsOf(operator: Operator) {
  const [row] = await admin()`select count(*)::int from operator_sessions where operator_id = ${operator.id}`;
  return row?.count;
}

/** From an address of its own, so that many sign-ins in a minute are no flood. */
function from() {
  return { ...cause, address: `10.${[...randomBytes(3)].join('.')}` };
}
