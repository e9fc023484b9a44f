import { afterEach, expect, test } from 'vitest';
import type { ClockReading } from '@/lib/clock-skew';
import { singleton } from '@/lib/singleton';
import { sideOf, withOurSkew, wordsFor } from '@/lib/sso/sign-in/diagnosis';

/** An answer refused for its times blames the provider’s clock only while ours is right. */

const shared = singleton<{ reading?: ClockReading }>('clock', () => ({}));
afterEach(() => {
  shared.reading = undefined;
});

test.each(['expired', 'not-yet'] as const)('%s: our clock is to be fixed while it is known to be off', (reason) => {
  const look = () => {
    const received = withOurSkew(reason, { now: 'then' });
    return [wordsFor(undefined, received).clock, sideOf(reason, 'saml', received), received.ourSkew];
  };
  expect(look()).toEqual(['theirs', 'provider', undefined]);
  shared.reading = { skew: 3000, margin: 5 };
  expect(look()).toEqual(['theirs', 'provider', undefined]);
  shared.reading = { skew: -120_000, margin: 5 };
  expect(look()).toEqual(['ours', 'here', '120']);
});

test('other reasons stay as they are', () => {
  shared.reading = { skew: -120_000, margin: 5 };
  expect(withOurSkew('signature', {})).toEqual({});
  expect(sideOf('audience', 'saml', {})).toBe('provider');
  expect(sideOf('audience', 'oidc', {})).toBe('here');
});
