import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { findPolicy } from '@/lib/policies/find';
import { findAttempt } from '@/lib/sign-in/attempt';
import { proveCode } from '@/lib/sign-in/with-totp';
import { signIn } from '@/tests/support/sign-in';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('with a fixed clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 30_000) * 30_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a code reported as of a fast clock is refused when its time comes, and the next one works', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const { secret } = await enrolled(tenant, user);
    const policy = await findPolicy(tenant);
    const submit = async (code: string) => {
      const pending = await signIn(tenant, user.username);
      if (!pending.ok || !('attempt' in pending)) throw new Error('no code is asked for');
      const attempt = await findAttempt(tenant, policy, pending.attempt.token);
      if (!attempt) throw new Error('no attempt');
      return proveCode(tenant, policy, attempt, { code }, cause);
    };
    const guess = codeOf(secret, 4);
    expect(await submit(guess)).toMatchObject({ ok: false, error: 'clock', direction: 'ahead', minutes: 2 });
    for (const steps of [3, 1]) {
      vi.setSystemTime(Date.now() + steps * 30_000);
      expect(await submit(guess)).toMatchObject({ ok: false, error: 'wrong-code' });
    }
    expect(await submit(codeOf(secret, 1))).toMatchObject({ ok: true, next: 'done' });
  });
});
