import type { PortalVisit } from '@/app/_parts/portal-frame';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { ConfirmForm } from '@/components/forms/confirm-form';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { getTranslations } from '@/lib/request/translations';
import type { Import } from '@/lib/users/import/imports';
import { applyUserImport } from './actions';

const VERDICTS = ['create', 'change', 'same', 'refused'] as const;

/** Shows what the import would change, and the button that applies it. */
export async function Plan({ found, visit }: { found: Import; visit: PortalVisit }) {
  const t = await getTranslations('import');
  const counts = found.counts ?? { create: 0, change: 0, same: 0, refused: 0 };
  const { create, change, refused } = counts;
  return (
    <Card title={t('plan')}>
      <div className="stack">
        <DefinitionList
          items={VERDICTS.map((verdict) => ({
            term: t(`verdict.${verdict}`),
            value: counts[verdict].toLocaleString(visit.locale),
          }))}
        />
        {create + change === 0 ? (
          <p className="muted">{t('nothingToDo')}</p>
        ) : found.state === 'planned' ? (
          <ConfirmForm
            action={applyUserImport}
            hidden={{ as: visit.user.id, import: found.id }}
            trigger={t('apply')}
            question={t('applyFor', { create, change, both: create > 0 && change > 0 ? 'yes' : 'no' })}
            explain={t('applyWhat')}
            confirm={t('apply')}
            pending={t('applying')}
            tone="quiet"
          >
            {refused > 0 ? (
              <CheckboxField name="withoutRefused" label={t('withoutRefused', { count: refused })} />
            ) : null}
          </ConfirmForm>
        ) : null}
      </div>
    </Card>
  );
}
