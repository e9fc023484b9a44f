import type { ReactNode } from 'react';
import { UnknownZone } from '@/app/_parts/unknown-zone';
import { chooseLanguage, signOutOperator } from '@/app/shell-actions';
import { PortalFrame } from '@/components/shell/portal-frame';
import { translator } from '@/lib/language/translator';
import type { requireOperator } from '@/lib/request/current';

export type OperatorVisit = Awaited<ReturnType<typeof requireOperator>>;

const TABS = {
  tenants: '/operator',
  operators: '/operator/operators',
  audit: '/operator/audit',
  account: '/operator/account',
} as const;

type Props = { visit: OperatorVisit; tab?: keyof typeof TABS; children: ReactNode };

export function OperatorFrame({ visit: { operator, session, locale, unknownZone }, tab, children }: Props) {
  const t = translator(locale, 'operator');
  const tabs = Object.entries(TABS).map(([name, href]) => ({
    href,
    label: t(`tab.${name as keyof typeof TABS}`),
    current: name === tab,
  }));
  return (
    <PortalFrame
      locale={locale}
      tenantName={t('console')}
      displayName={`${operator.firstName} ${operator.lastName}`}
      userId={operator.id}
      tabs={tabs}
      administration={null}
      signOutAction={signOutOperator}
      languageAction={chooseLanguage}
      idle={{ idleMs: session.msLeft, checkUrl: '/operator/session', signInUrl: '/operator/sign-in' }}
    >
      {unknownZone ? <UnknownZone zone={unknownZone} locale={locale} href="/operator/account" /> : null}
      {children}
    </PortalFrame>
  );
}
