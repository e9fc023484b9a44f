import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { chooseLanguage, signOut } from '@/app/shell-actions';
import { PortalFrame } from '@/components/shell/portal-frame';
import { isEntitled, mayOpen } from '@/lib/permissions';
import type { requireUser } from '@/lib/request/current';

export type Visit = Awaited<ReturnType<typeof requireUser>>;

type Tab = 'home' | 'settings' | 'users' | 'security' | 'singleSignOn';

const ADDRESS: Record<Tab, string> = {
  home: '/home',
  settings: '/settings/profile',
  users: '/admin/users',
  security: '/admin/security',
  singleSignOn: '/admin/single-sign-on',
};

export async function Frame({ visit, tab, children }: { visit: Visit; tab?: Tab; children: ReactNode }) {
  const { tenant, user, session } = visit;
  const t = await getTranslations('portal');
  const tabs = tabsOf(visit).map((name) => ({ href: ADDRESS[name], label: t(name), current: name === tab }));
  return (
    <PortalFrame
      tenantName={tenant.name}
      personName={`${user.firstName} ${user.lastName}`}
      tabs={tabs}
      signOutAction={signOut}
      languageAction={chooseLanguage}
      idle={{ idleMs: session.msLeft, checkUrl: '/api/session' }}
    >
      {children}
    </PortalFrame>
  );
}

function tabsOf({ tenant, user }: Visit): Tab[] {
  const tabs: Tab[] = ['home', 'settings'];
  if (mayOpen('users', user)) tabs.push('users');
  if (mayOpen('security', user) && isEntitled(tenant, 'security-policies')) tabs.push('security');
  if (mayOpen('single-sign-on', user) && isEntitled(tenant, 'single-sign-on')) tabs.push('singleSignOn');
  return tabs;
}
