import { expect, test } from 'vitest';
import { type MediaSample, qualityOf, sampleOf } from '@/components/phone/machine/quality';

const at = (seconds: number, more: Partial<MediaSample> = {}): MediaSample => ({
  at: seconds * 1000,
  received: seconds * 50,
  lost: 0,
  sent: seconds * 50,
  jitter: 0.005,
  roundTrip: 0.04,
  ...more,
});

test('quality is one word, computed from the packets since the last sample', () => {
  expect(qualityOf(null, at(2))).toBe('measuring');
  expect(qualityOf(at(2), at(4))).toBe('good');
  expect(qualityOf(at(2), at(4, { lost: 4 }))).toBe('fair');
  expect(qualityOf(at(2), at(4, { lost: 40 }))).toBe('poor');
  expect(qualityOf(at(2), at(4, { jitter: 0.05 }))).toBe('fair');
  expect(qualityOf(at(2), at(4, { roundTrip: 0.9 }))).toBe('poor');
  // What was lost before does not count again.
  expect(qualityOf(at(2, { lost: 90 }), at(4, { lost: 90 }))).toBe('good');
});

test('nothing arriving is silence only after a while', () => {
  expect(qualityOf(at(2), at(4, { received: 100 }))).toBe('measuring');
  expect(qualityOf(at(2), at(6, { received: 100 }))).toBe('silent');
});

test('only the audio of a report counts, and only numbers', () => {
  const report = [
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 2, jitter: 0.01 },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: 9999 },
    { type: 'outbound-rtp', kind: 'audio', packetsSent: 120 },
    { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.2 },
    { type: 'candidate-pair', packetsSent: 7 },
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: Number.NaN, jitter: 'much' },
  ];
  expect(sampleOf(report, 5)).toEqual({ at: 5, received: 100, lost: 2, sent: 120, jitter: 0.01, roundTrip: 0.2 });
});
