import { getTranslations } from 'next-intl/server';
import { Icon } from '@/components/ui/icon';
import { LanguageForm } from './language-form';
import { SignOutForm } from './sign-out-form';
import { ThemeButton } from './theme-button';
import { themeWords } from './theme-words';
import type { ServerForm, Tab } from './types';

type Props = { personName: string; tabs: Tab[]; signOutAction: ServerForm; languageAction: ServerForm };

export async function PhoneMenu({ personName, tabs, signOutAction, languageAction }: Props) {
  const t = await getTranslations('shell');
  return (
    <details className="menu">
      <summary className="icon-button" aria-label={t('menu')}>
        <Icon name="menu" />
      </summary>
      <div className="menu-panel">
        <p className="bar-person">{personName}</p>
        <nav aria-label={t('navigation')}>
          {tabs.map((tab) => (
            <a key={tab.href} className="menu-item" href={tab.href} aria-current={tab.current ? 'page' : undefined}>
              {tab.label}
            </a>
          ))}
        </nav>
        <hr className="divider my-2" />
        <LanguageForm action={languageAction} wide />
        <ThemeButton words={await themeWords()} wide />
        <SignOutForm action={signOutAction} wide />
      </div>
    </details>
  );
}
