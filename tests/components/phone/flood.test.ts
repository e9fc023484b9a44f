import { expect, test } from 'vitest';
import { liveCalls } from '@/components/phone/machine/state';
import { newPhone, readyPhone, talkingPhone } from './play';

const invite = (n: number) => ({ type: 'incoming', id: `call ${n}`, peer: `${1000 + n}`, peerName: 'Flood' }) as const;

test('two callers ring at a time; the third hears busy and is not drawn', () => {
  const phone = readyPhone().dispatch(invite(1), invite(2));
  const before = phone.phone;
  phone.dispatch(invite(3));
  expect(phone.wants).toEqual([{ type: 'refuse', id: 'call 3' }]);
  expect(phone.phone).toBe(before);
});

test('of a thousand calls in a minute at most twenty ring, however soon each is cancelled', () => {
  const phone = readyPhone();
  for (let n = 0; n < 1000; n++) {
    phone.wait(59).dispatch(invite(n));
    if (!phone.effects.includes('refuse'))
      phone.dispatch({ type: 'ended', id: `call ${n}`, by: 'remote', status: null });
  }
  const refused = phone.all.filter((effect) => effect.type === 'refuse').length;
  expect(refused).toBe(980);
  expect(phone.phone.calls.length).toBeLessThan(3);
  phone.wait(60_000).dispatch(invite(2000));
  expect(liveCalls(phone.phone)).toHaveLength(1);
});

test('a running call survives a flood', () => {
  const phone = talkingPhone();
  for (let n = 0; n < 100; n++) phone.dispatch(invite(n));
  expect(phone.call('ruth').phase).toBe('running');
  expect(liveCalls(phone.phone)).toHaveLength(3);
  expect(newPhone(phone.phone).phone.calls).toHaveLength(3);
});
