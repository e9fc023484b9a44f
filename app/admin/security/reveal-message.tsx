'use client';

import { useEffect } from 'react';
import { useFormState } from '@/components/forms/form-context';

/** The form is taller than a screen and its button is at the end: brings the message that it was saved into view. */
export function RevealMessage() {
  const { state } = useFormState();
  useEffect(() => {
    if (state.status === 'done') document.querySelector('[data-form-message]')?.scrollIntoView({ block: 'center' });
  }, [state]);
  return null;
}
