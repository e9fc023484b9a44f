import type { ReactNode } from 'react';
import { SignedOutFrame } from './signed-out-frame';
import type { ServerForm } from './types';

type Props = { title: string; children: ReactNode; action?: ReactNode; languageAction?: ServerForm };

export function MessagePage({ title, children, action, languageAction }: Props) {
  return (
    <SignedOutFrame tenantName={null} title={title} languageAction={languageAction}>
      <div className="stack">
        <div>{children}</div>
        {action}
      </div>
    </SignedOutFrame>
  );
}
