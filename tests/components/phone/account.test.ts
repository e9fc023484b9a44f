import { expect, test } from 'vitest';
import { accountOf } from '@/components/phone/machine/account';

const credentials = {
  extension: '202',
  name: 'Milo Tanaka',
  domain: 'tenant.test',
  socket: 'wss://sip.example/ws',
  user: '1772460600:202',
  secret: { password: 'not to be known' },
  expiresAt: 1_772_460_600,
  iceServers: [],
  country: 'CA',
  otherDomains: false,
  wrapUpSeconds: 30,
};

test('the secret stays where it is used', () => {
  expect(JSON.stringify(accountOf(credentials, 0))).not.toContain('not to be known');
});

test('the end of the credentials is counted by this computer’s clock, however wrong that is', () => {
  expect(accountOf(credentials, 0).expiresAt).toBe(1_772_460_600_000);
  // A clock an hour slow: the portal's is ahead of it.
  expect(accountOf(credentials, 3_600_000).expiresAt).toBe(1_772_460_600_000 - 3_600_000);
});
