import type { ReactNode } from 'react';
import { UnknownZone } from '@/app/_parts/unknown-zone';
import { chooseLanguage, signOut } from '@/app/shell-actions';
import { DockSlot } from '@/components/phone/dock-slot';
import { PortalFrame } from '@/components/shell/portal-frame';
import { allMessages } from '@/lib/language/messages';
import { translator } from '@/lib/language/translator';
import type { requireUser, Screen } from '@/lib/request/current';
import { connectTo } from '@/lib/request/store';
import type { Entitlement } from '@/lib/tenants/entitlements';
import { isEntitled } from '@/lib/tenants/entitlements';
import { mayOpen } from '@/lib/users/permissions';

export type PortalVisit = Awaited<ReturnType<typeof requireUser>>;

type AdminTab = 'users' | 'security' | 'singleSignOn' | 'branding' | 'phoneSettings' | 'audit';
type Tab = 'phone' | 'home' | 'settings' | AdminTab;

const TABS = { phone: '/phone', home: '/home', settings: '/settings/profile' } as const;

/**
 * The administrators' pages in the order of the menu, with the screen and entitlement each needs.
 */
const ADMINISTRATION: { name: AdminTab; href: string; screen: Screen; entitlement?: Entitlement }[] = [
  { name: 'users', href: '/admin/users', screen: 'users' },
  { name: 'security', href: '/admin/security', screen: 'security', entitlement: 'security-policies' },
  { name: 'singleSignOn', href: '/admin/single-sign-on', screen: 'single-sign-on', entitlement: 'single-sign-on' },
  { name: 'branding', href: '/admin/branding', screen: 'branding' },
  { name: 'phoneSettings', href: '/admin/phone', screen: 'phone', entitlement: 'phone' },
  { name: 'audit', href: '/admin/audit', screen: 'audit' },
];

export function Frame({ visit, tab, children }: { visit: PortalVisit; tab?: Tab; children: ReactNode }) {
  const { tenant, user, session, phone } = visit;
  // On every page: client-side navigation keeps the Content-Security-Policy of the first page.
  if (phone) connectTo(phone.socket);
  const t = translator(visit.locale, 'portal');
  const administration = administrationOf(visit);
  return (
    <PortalFrame
      locale={visit.locale}
      tenantName={tenant.name}
      displayName={`${user.firstName} ${user.lastName}`}
      userId={user.id}
      tabs={(['phone', 'home', 'settings'] as const)
        .filter((name) => phone || name !== 'phone')
        .map((name) => ({ href: TABS[name], label: t(name), current: name === tab }))}
      administration={
        administration.length === 0
          ? null
          : {
              label: t('administration'),
              items: administration.map(({ name, href }) => ({ href, label: t(name), current: name === tab })),
            }
      }
      signOutAction={signOut}
      languageAction={chooseLanguage}
      idle={{ idleMs: session.msLeft, checkUrl: '/api/session' }}
      dock={phone ? <DockSlot words={allMessages(visit.locale).phoneDock} isPhonePage={tab === 'phone'} /> : null}
    >
      {visit.unknownZone ? (
        <UnknownZone zone={visit.unknownZone} locale={visit.locale} href="/settings/profile" />
      ) : null}
      {children}
    </PortalFrame>
  );
}

function administrationOf({ tenant, user }: PortalVisit) {
  return ADMINISTRATION.filter(
    ({ screen, entitlement }) => mayOpen(screen, user) && (!entitlement || isEntitled(tenant, entitlement)),
  );
}
