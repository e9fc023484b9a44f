'use client';

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { DialTarget, ReadTarget } from '@/components/phone/machine/number';
import type { PhoneAccount } from '@/components/phone/machine/state';
import { knownName } from './engine/portal';
import { runningEngine } from './place';
import { fill, type PhoneWords } from './words';

const WAIT_MS = 250;

type Props = {
  label: string;
  hint?: string;
  words: PhoneWords;
  value: string;
  onValue: (value: string) => void;
  onTarget: (target: DialTarget, name: string | null) => void;
  children: (input: ReactNode) => ReactNode;
};

/**
 * A form with one field for a number in any notation. An invalid one gets an error at the field.
 */
export function NumberForm({ label, hint, words, value, onValue, onTarget, children }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string>();
  const [note, setNote] = useState<string>();

  useEffect(() => {
    setNote(undefined);
    if (value.trim().length < 3) return;
    let isStale = false;
    const timer = setTimeout(async () => {
      const reading = await read(value);
      if (!isStale && reading?.ok) setNote(noteOf(reading.target, value, words));
    }, WAIT_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [value, words]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const reading = await read(value);
    if (reading?.ok) {
      setError(undefined);
      return onTarget(reading.target, knownName(reading.target.peer));
    }
    setError(words.unreadable[reading?.why ?? 'no-account']);
    field.current?.focus();
  }

  const describedBy = [error && `${id}e`, `${id}n`].filter(Boolean).join(' ');
  const input = (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      <input
        ref={field}
        id={id}
        className="input"
        type="text"
        inputMode="tel"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy}
        onChange={(event) => {
          setError(undefined);
          onValue(event.target.value);
        }}
      />
      {error ? (
        <p id={`${id}e`} className="field-error" role="alert">
          {error}
        </p>
      ) : null}
      <p id={`${id}n`} className="field-hint" aria-live="polite">
        {note ?? hint}
      </p>
    </div>
  );
  return (
    <form onSubmit={submit} noValidate className="stack">
      {children(input)}
    </form>
  );
}

/** A colleague who was already loaded is found by extension, however long it is. */
async function read(value: string): Promise<ReadTarget | null> {
  const account: PhoneAccount | null = runningEngine()?.phone.account ?? null;
  const typed = value.trim();
  if (account && knownName(typed)) {
    return { ok: true, target: { uri: `sip:${typed}@${account.domain}`, peer: typed, shown: typed, extension: null } };
  }
  const { readTarget } = await import('@/components/phone/machine/number');
  return readTarget(value, account);
}

function noteOf({ shown, peer, extension }: DialTarget, typed: string, { dial }: PhoneWords) {
  const name = knownName(peer);
  const preview =
    shown === typed.trim() && !name ? '' : fill(dial.will, { number: name ? `${name}, ${shown}` : shown });
  return [preview, extension ? fill(dial.extension, { extension }) : ''].filter(Boolean).join('. ') || undefined;
}
