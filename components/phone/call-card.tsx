'use client';

import { useState } from 'react';
import { type Call, liveCalls } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { Duration } from './duration';
import { Keypad } from './keypad';
import { QualityLine } from './quality-line';
import { TransferForm } from './transfer-form';
import { dispatchToPhone, usePhone } from './use-phone';
import { fill, type PhoneWords } from './words';

export function CallCard({ call, words }: { call: Call; words: PhoneWords }) {
  const name = call.peerName ?? call.peer;
  const others = liveCalls(usePhone()).some((one) => one.id !== call.id && one.phase === 'running' && !one.held);
  const phase = call.phase === 'incoming' && others ? words.call.waiting : phaseOf(call, words);
  const trouble = call.trouble ? words.call[`${call.trouble}Trouble`] : null;
  return (
    <section className={`card call call-${call.phase}`} aria-label={fill(words.call.region, { name })}>
      <div className="call-head">
        <div className="min-w-0">
          <h2 className="call-name">
            <bdi>{name}</bdi>
          </h2>
          {call.peerName ? (
            <p className="muted">
              <bdi>{call.peer}</bdi>
            </p>
          ) : null}
        </div>
        {call.answeredAt ? <Duration from={call.answeredAt} to={call.endedAt} label={words.call.duration} /> : null}
      </div>
      <p role="status" className="call-phase">
        {phase}
      </p>
      {trouble ? (
        <p role="alert" className="field-error">
          {fill(trouble, { name })}
        </p>
      ) : null}
      <Actions call={call} others={others} words={words} />
    </section>
  );
}

function Actions({ call, others, words }: { call: Call; others: boolean; words: PhoneWords }) {
  const { id, phase } = call;
  if (phase === 'ended') return null;
  if (phase === 'incoming' || phase === 'answering') {
    return (
      <div className="row">
        <Button tone="primary" disabled={phase === 'answering'} onClick={() => dispatchToPhone({ type: 'answer', id })}>
          {others ? words.call.answerAndHold : words.call.answer}
        </Button>
        <Button tone="danger" onClick={() => dispatchToPhone({ type: 'reject', id })}>
          {words.call.reject}
        </Button>
      </div>
    );
  }
  if (phase === 'dialling' || phase === 'ringing') {
    return (
      <div className="row">
        <Button tone="danger" onClick={() => dispatchToPhone({ type: 'hang-up', id })}>
          {words.call.hangUp}
        </Button>
      </div>
    );
  }
  return <Running call={call} words={words} />;
}

function Running({ call, words }: { call: Call; words: PhoneWords }) {
  const [open, setOpen] = useState<'keypad' | 'transfer' | null>(null);
  const { id, muted, held } = call;
  const toggle = (what: 'keypad' | 'transfer') => setOpen(open === what ? null : what);
  return (
    <>
      <QualityLine call={call} words={words} />
      <div className="row">
        <Button aria-pressed={muted} onClick={() => dispatchToPhone({ type: 'mute', id, muted: !muted })}>
          {muted ? words.call.unmute : words.call.mute}
        </Button>
        <Button onClick={() => dispatchToPhone({ type: held ? 'resume' : 'hold', id })}>
          {held ? words.call.resume : words.call.hold}
        </Button>
        <Button aria-expanded={open === 'keypad'} onClick={() => toggle('keypad')}>
          {words.call.keypad}
        </Button>
        <Button aria-expanded={open === 'transfer'} onClick={() => toggle('transfer')}>
          {words.call.transfer}
        </Button>
        <Button tone="danger" onClick={() => dispatchToPhone({ type: 'hang-up', id })}>
          {words.call.hangUp}
        </Button>
      </div>
      {open === 'keypad' ? <Tones id={id} words={words} /> : null}
      {open === 'transfer' ? <TransferForm id={id} words={words} busy={call.phase === 'transferring'} /> : null}
    </>
  );
}

function Tones({ id, words }: { id: string; words: PhoneWords }) {
  const [sent, setSent] = useState('');
  const press = (tone: string) => {
    dispatchToPhone({ type: 'tone', id, tone });
    setSent((before) => (before + tone).slice(-40));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its buttons have the focus; the keys are a shortcut
    <div
      className="stack-tight"
      onKeyDown={({ key, ctrlKey, altKey, metaKey }) => {
        if (/^[0-9*#]$/.test(key) && !ctrlKey && !altKey && !metaKey) press(key);
      }}
    >
      <p className="muted text-sm">
        {words.call.keysSent} <output className="phone-time">{sent}</output>
      </p>
      <Keypad label={words.call.keypad} onKey={press} />
    </div>
  );
}

function phaseOf(call: Call, words: PhoneWords) {
  if (call.phase === 'ended') return words.ended[call.outcome ?? 'answered'];
  if (call.phase !== 'running') return words.call[call.phase];
  if (call.media === 'interrupted') return call.heard ? words.call.interrupted : words.call.noPath;
  const states = [call.held ? words.call.held : call.isHeldByOther ? words.call.heldByOther : words.call.running];
  if (call.muted) states.push(words.call.muted);
  return states.join('. ');
}
