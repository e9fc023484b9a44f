'use client';

import type { ReactNode } from 'react';
import type { FrameWords } from './frame-words';
import { LanguageForm } from './language-form';
import { Mark } from './mark';
import { ThemeButton } from './theme-button';
import type { ServerForm } from './types';

export type SignInLayoutProps = {
  words: Pick<FrameWords, 'other' | 'theme'>;
  name: string;
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  languageAction?: ServerForm;
};

export function SignInLayout({ words, name, title, lead, children, footer, languageAction }: SignInLayoutProps) {
  return (
    <div className="door">
      <div className="door-corner">
        {languageAction ? <LanguageForm action={languageAction} other={words.other} /> : null}
        <ThemeButton words={words.theme} />
      </div>
      <main className="door-main">
        <div className="door-card">
          <div className="door-tenant">
            <Mark name={name} />
            <p>{name}</p>
          </div>
          <div className="door-title">
            <h1>{title}</h1>
            {lead ? <div className="muted mt-1">{lead}</div> : null}
          </div>
          {children}
        </div>
        {footer ? <div className="door-footer">{footer}</div> : null}
      </main>
    </div>
  );
}
