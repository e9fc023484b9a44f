'use client';

import { useEffect, useState } from 'react';
import { type MediaQuality, type MediaSample, qualityOf, sampleOf } from '@/components/phone/machine/quality';
import type { Call } from '@/components/phone/machine/state';
import { runningEngine } from './place';
import { fill, type PhoneWords } from './words';

const CHECK_EVERY_MS = 2000;

/** The quality of a call as a word, with figures for troubleshooting. */
export function QualityLine({ call, words }: { call: Call; words: PhoneWords }) {
  const [{ quality, sample }, setMeasured] = useState<{ quality: MediaQuality; sample: MediaSample | null }>({
    quality: 'measuring',
    sample: null,
  });
  const { id } = call;
  const isOnHold = call.held || call.isHeldByOther;
  useEffect(() => {
    let last: MediaSample | null = null;
    const measure = async () => {
      const report = await runningEngine()?.connectionOf(id)?.getStats();
      if (!report) return;
      const now = sampleOf(report.values(), Date.now());
      const current = qualityOf(last, now);
      // No packets are expected on hold.
      setMeasured({ quality: isOnHold && current === 'silent' ? 'measuring' : current, sample: now });
      if (current !== 'measuring' || !last) last = now;
    };
    void measure();
    const timer = setInterval(measure, CHECK_EVERY_MS);
    return () => clearInterval(timer);
  }, [id, isOnHold]);
  return (
    <details className="quality">
      <summary>{fill(words.quality.line, { quality: words.quality[quality] })}</summary>
      {sample ? (
        <dl className="figures">
          <Figure term={words.quality.received} value={`${sample.received}`} />
          <Figure term={words.quality.sent} value={`${sample.sent}`} />
          <Figure term={words.quality.lost} value={`${sample.lost}`} />
          <Figure term={words.quality.jitter} value={`${Math.round(sample.jitter * 1000)} ms`} />
          <Figure
            term={words.quality.roundTrip}
            value={sample.roundTrip === null ? '–' : `${Math.round(sample.roundTrip * 1000)} ms`}
          />
        </dl>
      ) : null}
    </details>
  );
}

function Figure({ term, value }: { term: string; value: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </>
  );
}
