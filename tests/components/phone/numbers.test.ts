import { expect, test } from 'vitest';
import { readTarget } from '@/components/phone/machine/number';

const HOME = { extension: '202', domain: 'tenant.test', country: 'CA', otherDomains: false };

test.each([
  ['207', 'sip:207@tenant.test', '207'],
  [' 2 0 7 ', 'sip:207@tenant.test', '207'],
  ['٢٠٧', 'sip:207@tenant.test', '207'],
  ['２０７', 'sip:207@tenant.test', '207'],
  ['0', 'sip:0@tenant.test', '0'],
  ['911', 'sip:911@tenant.test', '911'],
  ['*97', 'sip:*97@tenant.test', '*97'],
  ['#21#', 'sip:%2321%23@tenant.test', '#21#'],
  ['sip:207@TENANT.test', 'sip:207@tenant.test', '207'],
  ['"Ruth" <sip:207@tenant.test;transport=ws>', 'sip:207@tenant.test', '207'],
  ['(514) 555-0123', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['514.555.0123', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['1 514 555 0123', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['+1 (514) 555–0123', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['tel:+1-514-555-0123', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['+33 1 42 68 53 00', 'sip:+33142685300@tenant.test', '+33142685300'],
  ['011 44 20 7946 0958', 'sip:+442079460958@tenant.test', '+442079460958'],
  ['1-800-FLOWERS', 'sip:+18003569377@tenant.test', '+18003569377'],
  ['Please call Dana at 514 555-0123, it is urgent', 'sip:+15145550123@tenant.test', '+15145550123'],
  ['\u202a514\u00a0555\u20110123\u202c', 'sip:+15145550123@tenant.test', '+15145550123'],
])('%j is %s', async (typed, uri, peer) => {
  expect(await readTarget(typed, HOME)).toMatchObject({ ok: true, target: { uri, peer } });
});

test.each([
  ['', 'empty'],
  [' \u200b ', 'empty'],
  ['hello', 'not-a-number'],
  ['<script>alert(1)</script>', 'not-a-number'],
  ['javascript:alert(1)', 'not-a-number'],
  ['a@b@c', 'not-a-number'],
  ['207@tenant.test\r\nX-Evil: yes', 'not-a-number'],
  ['+++', 'not-a-number'],
  ['555 0123', 'too-short'],
  ['514 555 012', 'too-short'],
  ['99999999999999999999', 'too-long'],
  ['202', 'own-extension'],
  ['202@tenant.test', 'own-extension'],
  ['bob@other.example', 'other-domain'],
  ['sip:bob@tenant.test.evil.example', 'other-domain'],
])('%j is refused as %s', async (typed, why) => {
  expect(await readTarget(typed, HOME)).toEqual({ ok: false, why });
});

test('the country is the company’s own', async () => {
  const french = { ...HOME, country: 'FR' };
  expect(await readTarget('01 42 68 53 00', french)).toMatchObject({ target: { peer: '+33142685300' } });
  expect(await readTarget('01 42 68 53 00', HOME)).toMatchObject({ ok: false });
});

test('addresses of other companies only where that is allowed', async () => {
  const open = { ...HOME, otherDomains: true };
  expect(await readTarget('sip:bob@Other.example', open)).toMatchObject({
    ok: true,
    target: { uri: 'sip:bob@other.example', peer: 'bob@other.example' },
  });
});

test('an extension behind a number is separated and not dialled', async () => {
  expect(await readTarget('(514) 555-0123 ext. 4', HOME)).toMatchObject({
    target: { peer: '+15145550123', extension: '4', shown: '(514) 555-0123' },
  });
});

test('without credentials a number has no country', async () => {
  expect(await readTarget('207', null)).toEqual({ ok: false, why: 'no-account' });
});
