/** What getStats says of one call at one moment, summed up. Counts are since the beginning of the call. */
export type Sample = {
  at: number;
  received: number;
  lost: number;
  sent: number;
  /** Seconds. */
  jitter: number;
  /** Seconds; null where the other side has not said. */
  roundTrip: number | null;
};

export type Quality = 'measuring' | 'good' | 'fair' | 'poor' | 'silent';

const SILENT_AFTER_MS = 4000;

/** Promises the quality between two samples in one word. Pure. */
export function qualityOf(before: Sample | null, now: Sample): Quality {
  if (!before) return 'measuring';
  const received = now.received - before.received;
  if (received <= 0) return now.at - before.at >= SILENT_AFTER_MS ? 'silent' : 'measuring';
  const lost = Math.max(0, now.lost - before.lost);
  const loss = lost / (lost + received);
  const trip = now.roundTrip ?? 0;
  if (loss > 0.08 || now.jitter > 0.08 || trip > 0.8) return 'poor';
  if (loss > 0.02 || now.jitter > 0.03 || trip > 0.4) return 'fair';
  return 'good';
}

/** Promises the sums of a report, of which only the audio counts. Pure. */
export function sampleOf(report: Iterable<Record<string, unknown>>, at: number): Sample {
  const sample: Sample = { at, received: 0, lost: 0, sent: 0, jitter: 0, roundTrip: null };
  for (const one of report) {
    if (one.kind !== undefined && one.kind !== 'audio') continue;
    if (one.type === 'inbound-rtp') {
      sample.received += number(one.packetsReceived);
      sample.lost += number(one.packetsLost);
      sample.jitter = Math.max(sample.jitter, number(one.jitter));
    } else if (one.type === 'outbound-rtp') sample.sent += number(one.packetsSent);
    else if (one.type === 'remote-inbound-rtp' && typeof one.roundTripTime === 'number')
      sample.roundTrip = one.roundTripTime;
  }
  return sample;
}

function number(value: unknown) {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
