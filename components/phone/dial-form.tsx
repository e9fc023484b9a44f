'use client';

import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { callTarget } from './call-target';
import { Keypad } from './keypad';
import { NumberForm } from './number-form';
import { usePhone } from './use-phone';
import type { PhoneWords } from './words';

type Props = { words: PhoneWords; number: string; onNumber: (number: string) => void };

export function DialForm({ words, number, onNumber }: Props) {
  const isReady = usePhone().registration.state === 'ready';
  return (
    <Card title={words.dial.title}>
      <NumberForm
        label={words.dial.number}
        hint={words.dial.hint}
        words={words}
        value={number}
        onValue={onNumber}
        onTarget={(target, name) => {
          if (callTarget(target, name)) onNumber('');
        }}
      >
        {(input) => (
          <div className="dial">
            {input}
            <Keypad label={words.dial.pad} onKey={(key) => onNumber(number + key)} />
            <div className="row">
              <Button type="submit" tone="primary" aria-disabled={!isReady} full>
                {words.dial.call}
              </Button>
            </div>
            <p className="muted text-sm">{words.call.shortcuts}</p>
            {isReady ? null : <p className="muted text-sm">{words.dial.notReady}</p>}
          </div>
        )}
      </NumberForm>
    </Card>
  );
}
