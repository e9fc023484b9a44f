'use client';

import type { ReactNode } from 'react';
import { type ButtonLook, buttonClass } from '@/components/ui/tone';
import { useFormState } from './form-context';

type Props = ButtonLook & { pending: string; name?: string; value?: string; children: ReactNode };

/*
 * Both texts lie on one spot, so the button is as wide as the longer one; aria-disabled keeps the
 * focus on it.
 */
export function SubmitButton({ pending, name, value, children, tone = 'primary', full, small }: Props) {
  const waiting = useFormState().pending;
  return (
    <button
      type="submit"
      name={name}
      value={value}
      aria-disabled={waiting || undefined}
      className={`${buttonClass({ tone, full, small })} submit`}
    >
      <span className={waiting ? 'waiting' : undefined}>{children}</span>
      <span className={waiting ? undefined : 'waiting'}>{pending}</span>
    </button>
  );
}
