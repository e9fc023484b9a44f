'use client';

import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { FieldFrame, type FieldWords, useField } from './field-frame';

type Props = FieldWords & { accept: string; most: number; tooLarge: string };

/**
 * One small file. One that is larger than `most` bytes is put back before it is sent: a server
 * would not even read it. The form waits once, so that nobody takes it for sent.
 */
export function FileField({ name, label, hint, optional, accept, most, tooLarge }: Props) {
  const wiring = useField(name, hint);
  const [refused, setRefused] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const error = refused ? tooLarge : wiring.error;
  const described = [error && `${wiring.id}e`, hint && `${wiring.id}h`].filter(Boolean).join(' ');

  useEffect(() => {
    const form = input.current?.form;
    if (!refused || !form) return;
    const wait = (event: Event) => {
      event.preventDefault();
      event.stopPropagation();
      input.current?.focus();
    };
    form.addEventListener('submit', wait, { once: true });
    return () => form.removeEventListener('submit', wait);
  }, [refused]);

  function look({ currentTarget }: ChangeEvent<HTMLInputElement>) {
    const isTooLarge = (currentTarget.files?.[0]?.size ?? 0) > most;
    if (isTooLarge) currentTarget.value = '';
    setRefused(isTooLarge);
  }

  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={{ ...wiring, error }}>
      <input
        ref={input}
        id={wiring.id}
        type="file"
        name={name}
        accept={accept}
        onChange={look}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        className="input input-file"
      />
    </FieldFrame>
  );
}
