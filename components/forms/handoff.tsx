'use client';

import { useEffect, useRef } from 'react';
import { buttonClass } from '@/components/ui/tone';
import { useFormState } from './form-context';

export function Handoff() {
  const { handoff } = useFormState().state;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.submit(), []);
  if (!handoff) return null;
  return (
    <form ref={form} method="post" action={handoff.action} className="form">
      <input type="hidden" name="token" value={handoff.token} />
      <button type="submit" className={buttonClass({ tone: 'primary', full: true })}>
        {handoff.label}
      </button>
    </form>
  );
}
