'use client';

import { useEffect, useState } from 'react';
import { Icon } from './icon';
import { buttonClass } from './tone';

type Props = {
  text: string;
  label: string;
  copied: string /** What is copied, where several buttons say the same. */;
  what?: string;
};

export function CopyButton({ text, label, copied, what }: Props) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 4000);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <span className="only-js no-print">
      <button
        type="button"
        className={buttonClass({ small: true })}
        aria-label={what ? `${done ? copied : label}: ${what}` : undefined}
        onClick={() => navigator.clipboard.writeText(text).then(() => setDone(true))}
      >
        <Icon name={done ? 'check' : 'copy'} />
        {done ? copied : label}
      </button>
      <span role="status" className="visually-hidden">
        {done ? copied : ''}
      </span>
    </span>
  );
}
