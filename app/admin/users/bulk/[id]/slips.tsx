'use client';

import { useFormState } from '@/components/forms/form-context';
import { PrintButton } from '@/components/ui/print-button';
import { Slip, type SlipWords } from '@/components/ui/slip';

type Props = {
  words: Omit<SlipWords, 'title'>;
  print: string;
  /** By the id of each user. */
  users: Record<string, { title: string; username: string } | undefined>;
};

/** Shows the slips in the form's response; reloading the page loses them. */
export function Slips({ words, print, users }: Props) {
  const slips = useFormState().state.shown?.slips ?? [];
  if (slips.length === 0) return null;
  return (
    <div className="stack">
      <div>
        <PrintButton>{print}</PrintButton>
      </div>
      <div className="slips">
        {slips.map(({ userId, ...slip }) => (
          <Slip
            key={userId}
            slip={slip}
            words={{ ...words, title: users[userId]?.title ?? '' }}
            username={users[userId]?.username ?? ''}
          />
        ))}
      </div>
    </div>
  );
}
