import { Frame } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { listOfferedConnections } from '@/lib/sso/connections/connections';
import { listLinks } from '@/lib/sso/sign-in/links';

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
  const [t, providers] = await Promise.all([getTranslations('confirmIdentity'), linkedProviders(visit)]);
  return (
    <Frame visit={visit}>
      <div className="max-w-2xl">
        <PageTitle lead={isDone || providers.length === 0 ? undefined : t('lead')}>{t('title')}</PageTitle>
        <Card>{isDone ? <Alert tone="success">{t('done')}</Alert> : <Providers providers={providers} />}</Card>
      </div>
    </Frame>
  );
}

type Visit = Awaited<ReturnType<typeof requireUser>>;

/** Returns the offered connections that this user signs in through. */
async function linkedProviders({ tenant, user }: Visit) {
  const [offered, links] = await Promise.all([listOfferedConnections(tenant), listLinks(tenant, user.id)]);
  return offered.filter(({ id }) => links.some(({ connectionId }) => connectionId === id));
}

async function Providers({ providers }: { providers: { id: string; label: string }[] }) {
  const t = await getTranslations('confirmIdentity');
  if (providers.length === 0) return <p>{t('none')}</p>;
  return (
    <>
      <ul className="stack-tight">
        {providers.map(({ id, label }) => (
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
