'use client';

import { useFormState } from '@/components/forms/form-context';
import { PrintButton } from '@/components/ui/print-button';
import { Slip, type SlipWords } from '@/components/ui/slip';

type Props = { words: SlipWords & { print: string }; username: string };

/** The printed slip, from the answer of the form and from nowhere else: a reload of the page no longer has it. */
export function PrintedSlip({ words, username }: Props) {
  const slip = useFormState().state.shown?.slip;
  if (!slip) return null;
  return (
    <div className="stack mt-3 w-full">
      <div className="slips">
        <Slip slip={slip} words={words} username={username} />
      </div>
      <div>
        <PrintButton>{words.print}</PrintButton>
      </div>
    </div>
  );
}
