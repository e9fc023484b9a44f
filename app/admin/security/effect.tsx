'use client';

import { useEffect, useRef } from 'react';
import { useFormState } from '@/components/forms/form-context';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import type { Preview } from '@/lib/forms/state';

type Words = { title: string; refused: string; save: string; saving: string };

/**
 * Shows the effect of the policy and the button that saves it. Scrolls into view: the form is long.
 */
export function Effect({ words }: { words: Words }) {
  const { state } = useFormState();
  const panel = useRef<HTMLElement>(null);
  const preview = state.shown?.preview;
  useEffect(() => {
    if (state.shown?.preview) panel.current?.focus();
    else if (state.status === 'done')
      document.querySelector('[data-form-message]')?.scrollIntoView({ block: 'center' });
  }, [state]);
  if (!preview) return null;
  return (
    <section ref={panel} tabIndex={-1} className="card stack" aria-labelledby="effect" data-effect>
      <h2 id="effect">{words.title}</h2>
      <Lines lines={preview.lines} />
      {preview.confirmation ? (
        <div>
          <input type="hidden" name="confirmed" value={preview.confirmation} />
          <SubmitButton name="intent" value="save" pending={words.saving}>
            {words.save}
          </SubmitButton>
        </div>
      ) : (
        <p className="text-danger">{words.refused}</p>
      )}
    </section>
  );
}

function Lines({ lines }: Pick<Preview, 'lines'>) {
  return (
    <ul className="stack-tight">
      {lines.map(({ tone, text }) => (
        <li key={text}>
          <Alert tone={tone}>{text}</Alert>
        </li>
      ))}
    </ul>
  );
}
