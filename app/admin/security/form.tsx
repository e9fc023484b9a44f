import { getTranslations } from 'next-intl/server';
import type { Visit } from '@/app/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { RadioGroup } from '@/components/forms/radio-group';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Card } from '@/components/ui/card';
import { POLICY_BOUNDS } from '@/lib/policies';
import { showDuration } from '@/lib/show-duration';
import { savePolicy } from './actions';
import { RevealMessage } from './reveal-message';

const IDLE_MINUTES = [15, 30, 60, 120, 240, 480, 720, 1440];
const ABSOLUTE_MINUTES = [480, 720, 1440, 2880, 4320, 10_080];

export async function PolicyForm({ visit: { user, policy, locale } }: { visit: Visit }) {
  const t = await getTranslations('security');
  return (
    <ActionForm action={savePolicy} hidden={{ as: user.id }} className="stack">
      <Card title={t('secondFactor')} description={t('secondFactorWhat')}>
        <RadioGroup
          name="secondFactor"
          legend={t('secondFactorLegend')}
          options={(['off', 'optional', 'required'] as const).map((value) => ({
            value,
            label: t(value),
            hint: t(`${value}What`),
          }))}
          defaultValue={policy.secondFactor}
        />
      </Card>
      <Card title={t('resetStyle')} description={t('resetStyleWhat')}>
        <RadioGroup
          name="resetStyle"
          legend={t('resetStyleLegend')}
          options={(['link', 'temporary'] as const).map((value) => ({
            value,
            label: t(value),
            hint: t(`${value}What`),
          }))}
          defaultValue={policy.resetStyle}
        />
      </Card>
      <Card title={t('passwords')}>
        <Field
          name="minLength"
          label={t('minLength')}
          hint={t('minLengthHint', POLICY_BOUNDS.passwordMinLength)}
          defaultValue={String(policy.passwordMinLength)}
          inputMode="numeric"
          autoComplete="off"
          maxLength={3}
          required
        />
      </Card>
      <Card title={t('sessionsTitle')}>
        <div className="stack">
          <SelectField
            name="idleMinutes"
            label={t('idle')}
            hint={t('idleHint')}
            options={durations(IDLE_MINUTES, policy.idleMinutes, locale)}
            defaultValue={String(policy.idleMinutes)}
          />
          <SelectField
            name="absoluteMinutes"
            label={t('absolute')}
            hint={t('absoluteHint')}
            options={durations(ABSOLUTE_MINUTES, policy.absoluteMinutes, locale)}
            defaultValue={String(policy.absoluteMinutes)}
          />
        </div>
      </Card>
      <div>
        <RevealMessage />
        <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
      </div>
    </ActionForm>
  );
}

/** The usual lengths, and the one in force where it is none of them. */
function durations(usual: number[], inForce: number, locale: string) {
  return [...new Set([...usual, inForce])]
    .sort((a, b) => a - b)
    .map((length) => ({ value: String(length), label: showDuration(length, locale) }));
}
