'use client';

import type { PhoneState } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { dispatchToPhone } from './use-phone';
import { fill, type PhoneWords } from './words';

type Props = { wrapUp: NonNullable<PhoneState['wrapUp']>; words: PhoneWords };

export function WrapUp({ wrapUp: { call }, words }: Props) {
  return (
    <Card
      title={words.wrapUp.title}
      actions={
        <Button small onClick={() => dispatchToPhone({ type: 'finish-wrap-up' })}>
          {words.wrapUp.done}
        </Button>
      }
    >
      <p className="muted">{fill(words.wrapUp.text, { name: call.peerName ?? call.peer })}</p>
    </Card>
  );
}
