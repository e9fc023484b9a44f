'use client';

import { useEffect, useState } from 'react';

export type MeterWords = { short: string; scores: string[] };

type Props = { password: string; minLength: number; context: string[]; words: MeterWords };

const PAUSE_MS = 250;

/*
 * Advice only: the server judges. A list that does not load leaves the meter empty and stops
 * nobody.
 */
export function StrengthMeter({ password, minLength, context, words }: Props) {
  const [score, setScore] = useState<number | null>(null);
  useEffect(() => {
    const estimating = import('./estimate-strength');
    const timer = setTimeout(() => {
      if (password === '') return setScore(null);
      estimating
        .then(({ estimateStrength }) => setScore(estimateStrength(password, context)))
        .catch(() => setScore(null));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [password, context]);

  const short = password !== '' && Array.from(password).length < minLength;
  const level = password === '' || score === null ? 0 : short ? 1 : Math.max(1, score);
  const sentence = password === '' ? '' : short ? words.short : score === null ? '' : (words.scores[score] ?? '');
  return (
    <div>
      <div className="strength" data-score={level} aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <p role="status" className="field-hint min-h-5">
        {sentence}
      </p>
    </div>
  );
}
