/** The sums of one getStats report. Counts are since the start of the call. */
export type MediaSample = {
  at: number;
  received: number;
  lost: number;
  sent: number;
  /** Seconds. */
  jitter: number;
  /** Seconds; null where the other side sent no report. */
  roundTrip: number | null;
};

export type MediaQuality = 'measuring' | 'good' | 'fair' | 'poor' | 'silent';

const SILENT_AFTER_MS = 4000;

/** Returns the quality between two samples. */
export function qualityOf(before: MediaSample | null, now: MediaSample): MediaQuality {
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

/** Returns the sums of the audio entries of a report. */
export function sampleOf(report: Iterable<Record<string, unknown>>, at: number): MediaSample {
  const sample: MediaSample = { at, received: 0, lost: 0, sent: 0, jitter: 0, roundTrip: null };
  for (const entry of report) {
    if (entry.kind !== undefined && entry.kind !== 'audio') continue;
    if (entry.type === 'inbound-rtp') {
      sample.received += numberOrZero(entry.packetsReceived);
      sample.lost += numberOrZero(entry.packetsLost);
      sample.jitter = Math.max(sample.jitter, numberOrZero(entry.jitter));
    } else if (entry.type === 'outbound-rtp') sample.sent += numberOrZero(entry.packetsSent);
    else if (entry.type === 'remote-inbound-rtp' && typeof entry.roundTripTime === 'number')
      sample.roundTrip = entry.roundTripTime;
  }
  return sample;
}

function numberOrZero(value: unknown) {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
