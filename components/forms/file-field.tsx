'use client';

import { type ChangeEvent, useState } from 'react';
import { FieldFrame, type FieldWords, useField } from './field-frame';

type Props = FieldWords & { accept: string; most: number; tooLarge: string };

/** One small file. One that is larger than `most` bytes is put back before it is sent: a server would not even read it. */
export function FileField({ name, label, hint, optional, accept, most, tooLarge }: Props) {
  const wiring = useField(name, hint);
  const [refused, setRefused] = useState(false);
  const error = refused ? tooLarge : wiring.error;
  const described = [error && `${wiring.id}e`, hint && `${wiring.id}h`].filter(Boolean).join(' ');

  function look({ currentTarget: input }: ChangeEvent<HTMLInputElement>) {
    const isTooLarge = (input.files?.[0]?.size ?? 0) > most;
    if (isTooLarge) input.value = '';
    setRefused(isTooLarge);
  }

  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={{ ...wiring, error }}>
      <input
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
