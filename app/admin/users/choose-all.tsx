'use client';

import type { ChangeEvent } from 'react';

/** Selects every checkbox of the surrounding form; hidden without scripts. */
export function ChooseAll({ label }: { label: string }) {
  function tick({ currentTarget: box }: ChangeEvent<HTMLInputElement>) {
    const boxes = box.form?.querySelectorAll<HTMLInputElement>('input[type=checkbox][name^="user-"]') ?? [];
    for (const one of boxes) one.checked = box.checked;
  }
  return (
    <label className="only-js mb-2 flex items-start gap-3">
      <input type="checkbox" className="mt-0.5 size-5 shrink-0 accent-primary" onChange={tick} />
      {label}
    </label>
  );
}
