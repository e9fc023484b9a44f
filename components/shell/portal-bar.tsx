'use client';

import type { FrameWords } from './frame-words';
import { LanguageForm } from './language-form';
import { Mark } from './mark';
import { PhoneMenu } from './phone-menu';
import { SectionNav } from './section-nav';
import { SignOutForm } from './sign-out-form';
import { ThemeButton } from './theme-button';
import type { ServerForm, Tab } from './types';

export type BarProps = {
  words: FrameWords;
  tenantName: string;
  personName: string;
  tabs: Tab[];
  /** What administrators look after: one tab, and a row of its own while one of them is open. */
  administration: { label: string; items: Tab[] } | null;
  signOutAction: ServerForm;
  languageAction: ServerForm;
};

export function PortalBar(props: BarProps) {
  const { words, tenantName, personName, tabs, administration, signOutAction, languageAction } = props;
  const inside = administration?.items.some((item) => item.current) ?? false;
  return (
    <>
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="bar">
        <div className="bar-inner">
          <a className="bar-home" href="/">
            <Mark name={tenantName} />
            <span>{tenantName}</span>
          </a>
          <nav className="bar-tabs" aria-label={words.navigation}>
            {tabs.map((tab) => (
              <a key={tab.href} className="tab" href={tab.href} aria-current={tab.current ? 'page' : undefined}>
                {tab.label}
              </a>
            ))}
            {administration ? (
              <a className="tab" href={administration.items[0]?.href} aria-current={inside ? 'true' : undefined}>
                {administration.label}
              </a>
            ) : null}
          </nav>
          <div className="bar-end">
            <span className="bar-person">{personName}</span>
            <LanguageForm action={languageAction} other={words.other} />
            <ThemeButton words={words.theme} />
            <SignOutForm action={signOutAction} words={words.signOut} />
          </div>
          <PhoneMenu {...props} />
        </div>
        {administration && inside ? (
          <div className="bar-sections">
            <SectionNav label={administration.label} items={administration.items} />
          </div>
        ) : null}
      </header>
    </>
  );
}
