'use client';

import { useEffect } from 'react';
import { useFormState } from '@/components/forms/form-context';

/** A brand stands in rules of the page itself, under that page's nonce: a new one comes with a new page. */
export function ShowSaved() {
  const { status, at } = useFormState().state;
  useEffect(() => {
    if (status === 'done' && at) location.replace('/admin/branding?done=saved');
  }, [status, at]);
  return null;
}
