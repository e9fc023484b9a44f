import type { ReactNode } from 'react';
import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { RadioGroup } from '@/components/forms/radio-group';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import { BULK_ACTIONS } from '@/lib/users/bulk';
import type { Filter } from '@/lib/users/filters';
import { previewBulkChange } from './actions';

type Props = { visit: PortalVisit; filter: Filter; total: number; uncounted: boolean; children: ReactNode };

/* The form surrounds the list, whose checkboxes are its fields. */
export async function ChosenForm({ visit, filter, total, uncounted, children }: Props) {
  const t = await getTranslations('users');
  if (total === 0) return children;
  const conditions = Object.entries(filter).filter(([, value]) => value) as [string, string][];
  return (
    <ActionForm
      action={previewBulkChange}
      hidden={{ as: visit.user.id, filter: new URLSearchParams(conditions).toString() }}
      className="stack"
    >
      <div>{children}</div>
      <Card title={t('withChosen')}>
        <div className="form">
          <RadioGroup
            name="which"
            legend={t('which')}
            options={[
              { value: 'chosen', label: t('chosen') },
              { value: 'matching', label: uncounted ? t('matchingMore') : t('matching', { count: total }) },
            ]}
            defaultValue="chosen"
          />
          <SelectField
            name="action"
            label={t('action')}
            options={BULK_ACTIONS.map((value) => ({ value, label: t(`bulk.${value}`) }))}
          />
          <div>
            <SubmitButton pending={t('going')} tone="quiet">
              {t('go')}
            </SubmitButton>
          </div>
        </div>
      </Card>
    </ActionForm>
  );
}
