import type { ReactNode } from 'react';
import { type ButtonLook, buttonClass } from './tone';

export function LinkButton({ href, children, ...look }: ButtonLook & { href: string; children: ReactNode }) {
  return (
    <a href={href} className={buttonClass(look)}>
      {children}
    </a>
  );
}
