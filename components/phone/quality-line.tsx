'use client';

import { useEffect, useState } from 'react';
import { type Quality, qualityOf, type Sample, sampleOf } from '@/components/phone/machine/quality';
import type { Call } from '@/components/phone/machine/state';
import { livingEngine } from './place';
import { fill, type PhoneWords } from './words';

const LOOK_EVERY_MS = 2000;

/** How well the two hear each other, in a word, and in figures for whoever mends the network. */
export function QualityLine({ call, words }: { call: Call; words: PhoneWords }) {
  const [{ quality, sample }, setSeen] = useState<{ quality: Quality; sample: Sample | null }>({
    quality: 'measuring',
    sample: null,
  });
  const { id } = call;
  const isStill = call.held || call.heldByOther;
  useEffect(() => {
    let last: Sample | null = null;
    const look = async () => {
      const report = await livingEngine()?.connectionOf(id)?.getStats();
      if (!report) return;
      const now = sampleOf(report.values(), Date.now());
      const word = qualityOf(last, now);
      // Nothing arrives where nobody may speak.
      setSeen({ quality: isStill && word === 'silent' ? 'measuring' : word, sample: now });
      if (word !== 'measuring' || !last) last = now;
    };
    void look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [id, isStill]);
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
