import { Icon } from '@/components/ui/icon';
import { LanguageForm } from './language-form';
import type { BarProps } from './portal-bar';
import { SignOutForm } from './sign-out-form';
import { ThemeButton } from './theme-button';
import type { Tab } from './types';

export function PhoneMenu({ words, personName, tabs, administration, signOutAction, languageAction }: BarProps) {
  return (
    <details className="menu">
      <summary className="icon-button" aria-label={words.menu}>
        <Icon name="menu" />
      </summary>
      <div className="menu-panel">
        <p className="bar-person">{personName}</p>
        <nav aria-label={words.navigation}>
          <Items of={tabs} />
          {administration ? (
            <>
              <p className="menu-heading">{administration.label}</p>
              <Items of={administration.items} />
            </>
          ) : null}
        </nav>
        <hr className="divider my-2" />
        <LanguageForm action={languageAction} other={words.other} wide />
        <ThemeButton words={words.theme} wide />
        <SignOutForm action={signOutAction} words={words.signOut} wide />
      </div>
    </details>
  );
}

function Items({ of }: { of: Tab[] }) {
  return of.map((tab) => (
    <a key={tab.href} className="menu-item" href={tab.href} aria-current={tab.current ? 'page' : undefined}>
      {tab.label}
    </a>
  ));
}
