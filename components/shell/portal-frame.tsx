import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { IdleWatcher } from './idle-watcher';
import { LanguageForm } from './language-form';
import { Mark } from './mark';
import { PhoneMenu } from './phone-menu';
import { SignOutForm } from './sign-out-form';
import { ThemeButton } from './theme-button';
import { themeWords } from './theme-words';
import type { ServerForm, Tab } from './types';

type Props = {
  tenantName: string;
  personName: string;
  tabs: Tab[];
  signOutAction: ServerForm;
  languageAction: ServerForm;
  idle: { idleMs: number; checkUrl: string } | null;
  children: ReactNode;
};

export async function PortalFrame(props: Props) {
  const { tenantName, personName, tabs, signOutAction, languageAction, idle, children } = props;
  const t = await getTranslations('shell');
  return (
    <>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="bar">
        <div className="bar-inner">
          <a className="bar-home" href="/">
            <Mark name={tenantName} />
            <span>{tenantName}</span>
          </a>
          <nav className="bar-tabs" aria-label={t('navigation')}>
            {tabs.map((tab) => (
              <a key={tab.href} className="tab" href={tab.href} aria-current={tab.current ? 'page' : undefined}>
                {tab.label}
              </a>
            ))}
          </nav>
          <div className="bar-end">
            <span className="bar-person">{personName}</span>
            <LanguageForm action={languageAction} />
            <ThemeButton words={await themeWords()} />
            <SignOutForm action={signOutAction} />
          </div>
          <PhoneMenu {...{ personName, tabs, signOutAction, languageAction }} />
        </div>
      </header>
      <main id="main" tabIndex={-1} className="page">
        {children}
      </main>
      {idle ? <IdleWatcher {...idle} /> : null}
    </>
  );
}
