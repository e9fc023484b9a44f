import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { RadioGroup } from '@/components/forms/radio-group';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { Card } from '@/components/ui/card';
import { stampOf } from '@/lib/forms/version';
import { getTranslations } from '@/lib/request/translations';
import { saveSecondFactor } from './actions';

export async function SecondFactorForm({ visit: { user, policy } }: { visit: PortalVisit }) {
  const t = await getTranslations('singleSignOn');
  return (
    <Card title={t('secondFactor')} description={t(`secondFactorWhat.${policy.secondFactor}`)}>
      <ActionForm action={saveSecondFactor} hidden={{ as: user.id }}>
        <VersionField version={stampOf({ ssoSecondFactor: policy.ssoSecondFactor })} />
        <RadioGroup
          name="ssoSecondFactor"
          legend={t('secondFactorLegend')}
          options={(['never', 'when-missing', 'always'] as const).map((value) => ({
            value,
            label: t(`ask.${value}`),
            hint: t(`askWhat.${value}`),
          }))}
          defaultValue={policy.ssoSecondFactor}
        />
        <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
