import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { LanguageForm } from './language-form';
import { Mark } from './mark';
import { ThemeButton } from './theme-button';
import { themeWords } from './theme-words';
import type { ServerForm } from './types';

type Props = {
  tenantName: string | null;
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  languageAction?: ServerForm;
};

export async function SignedOutFrame({ tenantName, title, lead, children, footer, languageAction }: Props) {
  const t = await getTranslations('shell');
  const name = tenantName ?? t('product');
  return (
    <div className="door">
      <div className="door-corner">
        {languageAction ? <LanguageForm action={languageAction} /> : null}
        <ThemeButton words={await themeWords()} />
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
