import type { ReactNode } from 'react';
import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { isEntitled } from '@/lib/tenants/entitlements';
import { NotEntitled } from './not-entitled';

type Props = {
  visit: PortalVisit;
  title: ReactNode;
  lead?: ReactNode;
  back: { href: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
};

/** Renders a page below the four main pages, with a back link. */
export function Step({ visit, title, lead, back, actions, children }: Props) {
  const entitled = isEntitled(visit.tenant, 'single-sign-on');
  return (
    <Frame visit={visit} tab="singleSignOn">
      <div className="max-w-3xl">
        <PageTitle lead={lead} back={back} actions={entitled ? actions : null}>
          {title}
        </PageTitle>
        {entitled ? <div className="stack">{children}</div> : <NotEntitled tenant={visit.tenant} />}
      </div>
    </Frame>
  );
}
