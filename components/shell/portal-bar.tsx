'use client';

import { Icon } from '@/components/ui/icon';
import type { FrameWords } from './frame-words';
import { LanguageForm } from './language-form';
import { Mark } from './mark';
import { SectionNav } from './section-nav';
import { SignOutForm } from './sign-out-form';
import { ThemeButton } from './theme-button';
import type { ServerForm, Tab } from './types';

export type BarProps = {
  words: FrameWords;
  tenantName: string;
  displayName: string;
  /** The signed-in user or operator. */
  userId: string;
  tabs: Tab[];
  /** What administrators look after: one tab, and a row of its own while one of them is open. */
  administration: { label: string; items: Tab[] } | null;
  signOutAction: ServerForm;
  languageAction: ServerForm;
};

/**
 * Side by side where there is room; on a phone all but the name is a menu, which opens without
 * JavaScript too.
 */
export function PortalBar(props: BarProps) {
  const { words, tenantName, displayName, userId, tabs, administration, signOutAction, languageAction } = props;
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
          <button type="button" className="icon-button bar-button" popoverTarget="menu" aria-label={words.menu}>
            <Icon name="menu" />
          </button>
          <div id="menu" popover="auto" className="bar-menu">
            <p className="bar-person">{displayName}</p>
            <nav className="bar-tabs" aria-label={words.navigation}>
              {tabs.map((tab) => (
                <Item key={tab.href} {...tab} />
              ))}
              {administration ? (
                <>
                  <a
                    className="tab bar-wide"
                    href={administration.items[0]?.href}
                    aria-current={inside ? 'true' : undefined}
                  >
                    {administration.label}
                  </a>
                  <p className="bar-heading bar-narrow">{administration.label}</p>
                  {administration.items.map((item) => (
                    <Item key={item.href} {...item} narrow />
                  ))}
                </>
              ) : null}
            </nav>
            <div className="bar-end">
              <LanguageForm action={languageAction} other={words.other} as={userId} />
              <ThemeButton words={words.theme} named />
              <SignOutForm action={signOutAction} words={words.signOut} />
            </div>
          </div>
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

function Item({ href, label, current, narrow }: Tab & { narrow?: boolean }) {
  return (
    <a className={narrow ? 'tab bar-narrow' : 'tab'} href={href} aria-current={current ? 'page' : undefined}>
      {label}
    </a>
  );
}
