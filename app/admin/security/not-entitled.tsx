import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { showDuration } from '@/lib/language/durations';
import { getTranslations } from '@/lib/request/translations';

export async function NotEntitled({ visit: { tenant, policy, locale } }: { visit: PortalVisit }) {
  const t = await getTranslations('security');
  return (
    <div className="stack">
      <Alert tone="info" title={t('notEntitled')}>
        {t('notEntitledWhat', { tenant: tenant.name })}
      </Alert>
      <Card as="div">
        <DefinitionList
          items={[
            { term: t('secondFactor'), value: t(policy.secondFactor) },
            { term: t('resetStyle'), value: t(policy.resetStyle) },
            { term: t('minLength'), value: t('characters', { count: policy.passwordMinLength }) },
            { term: t('lockTries'), value: String(policy.lockTries) },
            { term: t('lockMinutes'), value: showDuration(policy.lockMinutes, locale) },
            { term: t('idle'), value: showDuration(policy.idleMinutes, locale) },
            { term: t('absolute'), value: showDuration(policy.absoluteMinutes, locale) },
          ]}
        />
      </Card>
    </div>
  );
}
