'use client';

import { useFormState } from '@/components/forms/form-context';
import { PrintButton } from '@/components/ui/print-button';
import { Slip, type SlipWords } from '@/components/ui/slip';

type Props = {
  words: Omit<SlipWords, 'title'>;
  print: string;
  /** Of each person by id. */
  people: Record<string, { title: string; username: string } | undefined>;
};

/** One sheet with a slip for each, from the answer of the form and from nowhere else: a reload no longer has them. */
export function Slips({ words, print, people }: Props) {
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
            words={{ ...words, title: people[userId]?.title ?? '' }}
            username={people[userId]?.username ?? ''}
          />
        ))}
      </div>
    </div>
  );
}
