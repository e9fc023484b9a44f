'use client';

import type { ReactNode } from 'react';
import { Icon } from './icon';
import { buttonClass } from './tone';

export function PrintButton({ children }: { children: ReactNode }) {
  return (
    <button type="button" className={`${buttonClass({ small: true })} only-js no-print`} onClick={() => window.print()}>
      <Icon name="print" />
      {children}
    </button>
  );
}
