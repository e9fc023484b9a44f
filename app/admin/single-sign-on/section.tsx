import type { ReactNode } from 'react';
import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { SectionNav } from '@/components/shell/section-nav';
import { PageTitle } from '@/components/ui/page-title';
import { getTranslations } from '@/lib/request/translations';
import { isEntitled } from '@/lib/tenants/entitlements';
import { NotEntitled } from './not-entitled';

const SECTIONS = [
  { name: 'connections', href: '/admin/single-sign-on' },
  { name: 'expiry', href: '/admin/single-sign-on/expiry' },
  { name: 'failures', href: '/admin/single-sign-on/failures' },
  { name: 'rules', href: '/admin/single-sign-on/rules' },
] as const;

type Props = {
  visit: PortalVisit;
  section: (typeof SECTIONS)[number]['name'];
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
};

/** Renders one of the four main pages, or what to do if single sign-on is not enabled. */
export async function Section({ visit, section, actions, wide, children }: Props) {
  const t = await getTranslations('singleSignOn');
  const items = SECTIONS.map(({ name, href }) => ({ href, label: t(name), current: name === section }));
  const entitled = isEntitled(visit.tenant, 'single-sign-on');
  return (
    <Frame visit={visit} tab="singleSignOn">
      <PageTitle lead={t('lead', { tenant: visit.tenant.name })} actions={entitled ? actions : null}>
        {t('title')}
      </PageTitle>
      {entitled ? (
        <>
          <SectionNav label={t('sections')} items={items} />
          <div className={wide ? 'stack' : 'stack max-w-3xl'}>{children}</div>
        </>
      ) : (
        <NotEntitled tenant={visit.tenant} />
      )}
    </Frame>
  );
}
