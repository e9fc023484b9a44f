'use client';

import type { Phone } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { tellPhone } from './use-phone';
import { fill, type PhoneWords } from './words';

type Props = { wrapUp: NonNullable<Phone['wrapUp']>; words: PhoneWords };

export function WrapUp({ wrapUp: { call }, words }: Props) {
  return (
    <Card
      title={words.wrapUp.title}
      actions={
        <Button small onClick={() => tellPhone({ type: 'wrapped-up' })}>
          {words.wrapUp.done}
        </Button>
      }
    >
      <p className="muted">{fill(words.wrapUp.text, { name: call.peerName ?? call.peer })}</p>
    </Card>
  );
}
