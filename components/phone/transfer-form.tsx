'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { NumberForm } from './number-form';
import { dispatchToPhone } from './use-phone';
import type { PhoneWords } from './words';

/** Transfers the call blind, without consulting the target first. */
export function TransferForm({ id, words, busy }: { id: string; words: PhoneWords; busy: boolean }) {
  const [to, setTo] = useState('');
  return (
    <NumberForm
      label={words.call.transferTo}
      words={words}
      value={to}
      onValue={setTo}
      onTarget={({ uri }) => dispatchToPhone({ type: 'transfer', id, uri })}
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
