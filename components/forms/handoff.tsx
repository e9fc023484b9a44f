'use client';

import { useEffect, useRef } from 'react';
import { buttonClass } from '@/components/ui/tone';

export function Handoff({ action, token, label }: { action: string; token: string; label: string }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.submit(), []);
  return (
    <form ref={form} method="post" action={action} className="form">
      <input type="hidden" name="token" value={token} />
      <button type="submit" className={buttonClass({ tone: 'primary', full: true })}>
        {label}
      </button>
    </form>
  );
}
