'use client';

import { useFormState } from '@/components/forms/form-context';
import { PrintButton } from '@/components/ui/print-button';
import { Slip, type SlipWords } from '@/components/ui/slip';

type Props = { words: SlipWords & { print: string }; username: string };

/** Shows the slip in the form's response; reloading the page loses it. */
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
