'use client';

import { useEffect } from 'react';
import { useFormState } from '@/components/forms/form-context';

/** Reloads the page after saving: the brand is in its own CSS rules, under its nonce. */
export function ShowSaved() {
  const { status, at } = useFormState().state;
  useEffect(() => {
    if (status === 'done' && at) location.replace('/admin/branding?done=saved');
  }, [status, at]);
  return null;
}
