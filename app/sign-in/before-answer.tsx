'use client';

import type { ReactNode } from 'react';
import { useFormState } from '@/components/forms/form-context';

/** Gives way to what the form answers, so that two messages never stand side by side. */
export function BeforeAnswer({ children }: { children: ReactNode }) {
  return useFormState().state.status === 'idle' ? children : null;
}
