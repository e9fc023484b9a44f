'use client';

import type { Call } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { Duration } from './duration';
import { dispatchToPhone } from './use-phone';
import { type DockWords, fill } from './words';

export function DockCall({ call, words }: { call: Call; words: DockWords }) {
  const { id, phase, muted, held } = call;
  const name = call.peerName ?? call.peer;
  const isOn = phase === 'running' || phase === 'transferring';
  return (
    <section className="dock-call" aria-label={fill(words.call, { name })}>
      <p className="min-w-0 grow">
        <bdi className="dock-name">{name}</bdi>{' '}
        <span role="status" className="muted">
          {phase === 'running' && held ? words.held : words[phase]}
        </span>{' '}
        {call.answeredAt ? <Duration from={call.answeredAt} to={call.endedAt} label={words.duration} /> : null}
      </p>
      {isOn ? (
        <>
          <Button small aria-pressed={muted} onClick={() => dispatchToPhone({ type: 'mute', id, muted: !muted })}>
            {muted ? words.unmute : words.mute}
          </Button>
          <Button small onClick={() => dispatchToPhone({ type: held ? 'resume' : 'hold', id })}>
            {held ? words.resume : words.hold}
          </Button>
        </>
      ) : null}
      {phase === 'incoming' ? (
        <>
          <Button small tone="primary" onClick={() => dispatchToPhone({ type: 'answer', id })}>
            {words.answer}
          </Button>
          <Button small tone="danger" onClick={() => dispatchToPhone({ type: 'reject', id })}>
            {words.reject}
          </Button>
        </>
      ) : null}
      {isOn || phase === 'dialling' || phase === 'ringing' || phase === 'answering' ? (
        <Button small tone="danger" onClick={() => dispatchToPhone({ type: 'hang-up', id })}>
          {words.hangUp}
        </Button>
      ) : null}
    </section>
  );
}
