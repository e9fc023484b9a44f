import type { ReactNode } from 'react';
import { chooseLanguage, signOutOperator } from '@/app/shell-actions';
import { PortalFrame } from '@/components/shell/portal-frame';
import type { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export type OperatorVisit = Awaited<ReturnType<typeof requireOperator>>;

const TABS = {
  tenants: '/operator',
  operators: '/operator/operators',
  audit: '/operator/audit',
  account: '/operator/account',
} as const;

type Props = { visit: OperatorVisit; tab?: keyof typeof TABS; children: ReactNode };

export async function OperatorFrame({ visit: { operator, session }, tab, children }: Props) {
  const t = await getTranslations('operator');
  const tabs = Object.entries(TABS).map(([name, href]) => ({
    href,
    label: t(`tab.${name as keyof typeof TABS}`),
    current: name === tab,
  }));
  return (
    <PortalFrame
      tenantName={t('console')}
      personName={`${operator.firstName} ${operator.lastName}`}
      tabs={tabs}
      administration={null}
      signOutAction={signOutOperator}
      languageAction={chooseLanguage}
      idle={{ idleMs: session.msLeft, checkUrl: '/operator/session', signInUrl: '/operator/sign-in' }}
    >
      {children}
    </PortalFrame>
  );
}
