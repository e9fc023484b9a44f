import { Frame } from '@/app/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { offeredConnections } from '@/lib/sso/connections';
import { listLinks } from '@/lib/sso/links';

type Props = { searchParams: Promise<{ done?: string | string[] }> };

export async function generateMetadata() {
  const t = await getTranslations('confirmIdentity');
  return { title: t('title') };
}

/**
 * Where a user without a password proves who they are before a sensitive change: a sign-in at their
 * identity provider.
 */
export default async function ConfirmIdentityPage({ searchParams }: Props) {
  const visit = await requireUser();
  const isDone = (await searchParams).done !== undefined;
  const t = await getTranslations('confirmIdentity');
  return (
    <Frame visit={visit}>
      <div className="max-w-2xl">
        <PageTitle lead={isDone ? undefined : t('lead')}>{t('title')}</PageTitle>
        <Card>
          {isDone ? (
            <Alert tone="success">{t('done')}</Alert>
          ) : (
            <Providers tenant={visit.tenant} userId={visit.user.id} />
          )}
        </Card>
      </div>
    </Frame>
  );
}

type Who = { tenant: Awaited<ReturnType<typeof requireUser>>['tenant']; userId: string };

async function Providers({ tenant, userId }: Who) {
  const [t, offered, links] = await Promise.all([
    getTranslations('confirmIdentity'),
    offeredConnections(tenant),
    listLinks(tenant, userId),
  ]);
  const own = offered.filter(({ id }) => links.some(({ connectionId }) => connectionId === id));
  if (own.length === 0) return <p>{t('none')}</p>;
  return (
    <>
      <ul className="stack-tight">
        {own.map(({ id, label }) => (
          <li key={id}>
            <LinkButton href={`/sso/start/${id}?purpose=confirm`} tone="primary" full>
              {label}
            </LinkButton>
          </li>
        ))}
      </ul>
      <p className="muted mt-4 text-sm">
        {t('silent')} {t('ownCode')}
      </p>
    </>
  );
}
