'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { NumberForm } from './number-field';
import { tellPhone } from './use-phone';
import type { PhoneWords } from './words';

/** Sends the other side on to somebody else, without asking him first. */
export function TransferForm({ id, words, busy }: { id: string; words: PhoneWords; busy: boolean }) {
  const [to, setTo] = useState('');
  return (
    <NumberForm
      label={words.call.transferTo}
      words={words}
      value={to}
      onValue={setTo}
      onTarget={({ uri }) => tellPhone({ type: 'transfer', id, uri })}
    >
      {(input) => (
        <>
          {input}
          <div className="row">
            <Button type="submit" disabled={busy}>
              {busy ? words.call.transferring : words.call.transferNow}
            </Button>
          </div>
        </>
      )}
    </NumberForm>
  );
}
