'use client';

import { CopyButton } from '@/components/ui/copy-button';
import { useFormState } from './form-context';

type Props = { label: string; hint?: string; copy: string; copied: string };

/**
 * Shown from the answer of the form and from nowhere else: a reload of the page no longer has it.
 */
export function TemporaryPassword({ label, hint, copy, copied }: Props) {
  const password = useFormState().state.shown?.temporaryPassword;
  if (!password) return null;
  return (
    <div className="stack-tight mt-3">
      <p className="field-label">{label}</p>
      <div className="row">
        <code className="rounded bg-sunken px-3 py-2 font-mono break-all select-all" data-temporary-password>
          {password}
        </code>
        <CopyButton text={password} label={copy} copied={copied} />
      </div>
      {hint ? <p className="muted text-sm">{hint}</p> : null}
    </div>
  );
}
