import { randomUUID } from 'node:crypto';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { Step } from '../step';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('new') };
}

export default async function NewConnectionPage() {
  const visit = await requireUser('single-sign-on');
  const t = await getTranslations('singleSignOn');
  const id = randomUUID();
  return (
    <Step
      visit={visit}
      title={t('new')}
      lead={t('newLead')}
      back={{ href: '/admin/single-sign-on', label: t('title') }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {(['oidc', 'saml'] as const).map((protocol) => (
          <Card key={protocol} title={t(protocol)}>
            <div className="stack">
              <p className="muted">{t(`${protocol}What`)}</p>
              <div>
                <LinkButton href={`/admin/single-sign-on/new/${protocol}?id=${id}`} tone="primary">
                  {t('choose', { protocol: t(protocol) })}
                </LinkButton>
              </div>
            </div>
          </Card>
        ))}
      </div>
      <p className="muted">{t('whichOne')}</p>
    </Step>
  );
}
