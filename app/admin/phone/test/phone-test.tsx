'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { TEST_STEPS, type TestOutcome, type TestStep, toneOf } from './outcomes';
import { runTest } from './run-test';

type Words = Record<'start' | 'again' | 'running' | 'passed' | 'failed' | 'ok' | 'notOk' | 'warning', string> & {
  steps: Record<TestStep, string>;
  tried: Record<string, string>;
};

/** Tests the saved settings from this browser, and shows the outcome of each step. */
export function PhoneTest({ words }: { words: Words }) {
  const [outcomes, setOutcomes] = useState<TestOutcome[]>([]);
  const [state, setState] = useState<'new' | 'running' | 'finished'>('new');

  async function start() {
    setOutcomes([]);
    setState('running');
    try {
      await runTest((outcome) => setOutcomes((before) => [...before, outcome]));
    } finally {
      setState('finished');
    }
  }

  const passed = outcomes.length === TEST_STEPS.length && outcomes.every((outcome) => toneOf(outcome) !== 'failed');
  return (
    <div className="stack">
      <div aria-live="polite" className="stack">
        {state === 'running' ? <p>{words.running}</p> : null}
        {state === 'finished' ? (
          <Alert tone={passed ? 'success' : 'danger'}>{passed ? words.passed : words.failed}</Alert>
        ) : null}
        <ol className="stack">
          {outcomes.map((outcome) => (
            <Line key={outcome.step} outcome={outcome} words={words} />
          ))}
        </ol>
      </div>
      <div className="only-js">
        <Button type="button" tone="primary" onClick={start} disabled={state === 'running'}>
          {state === 'finished' ? words.again : words.start}
        </Button>
      </div>
    </div>
  );
}

const SHOWN = {
  ok: { icon: 'check', colour: 'text-success', word: 'ok' },
  warning: { icon: 'warning', colour: 'text-warning', word: 'warning' },
  failed: { icon: 'close', colour: 'text-danger', word: 'notOk' },
} as const;

function Line({ outcome, words }: { outcome: TestOutcome; words: Words }) {
  const { icon, colour, word } = SHOWN[toneOf(outcome)];
  const sentence = words.tried[`${outcome.step}.${outcome.code}`] ?? '';
  return (
    <li className="flex gap-2">
      <span className={`inline-flex pt-0.5 ${colour}`}>
        <Icon name={icon} />
        <span className="visually-hidden">{words[word]}</span>
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{words.steps[outcome.step]}</p>
        <p>{sentence.replace('{status}', String(outcome.status ?? ''))}</p>
      </div>
    </li>
  );
}
