import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { RadioGroup } from '@/components/forms/radio-group';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { TextAreaField } from '@/components/forms/text-area-field';
import { VersionField } from '@/components/forms/version-field';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { showDuration } from '@/lib/language/durations';
import { LIFETIMES } from '@/lib/lifetimes';
import type { storedPolicy } from '@/lib/policies/change';
import { MOST_NETWORKS, POLICY_BOUNDS } from '@/lib/policies/policy';
import { getTranslations } from '@/lib/request/translations';
import { inDays } from '@/lib/time';

import { savePolicy } from './actions';
import { Effect } from './effect';

const IDLE_MINUTES = [15, 30, 60, 120, 240, 480, 720, 1440];
const ABSOLUTE_MINUTES = [480, 720, 1440, 2880, 4320, 10_080];
const CALL_GRACE_MINUTES = [15, 30, 60, 120, 240];
const LOCK_MINUTES = [5, 10, 15, 30, 60];

type Props = { visit: PortalVisit; stored: Awaited<ReturnType<typeof storedPolicy>>; address: string };

export async function PolicyForm({ visit: { user, locale }, stored, address }: Props) {
  const [t, zones] = await Promise.all([getTranslations('security'), getTranslations('timeZone')]);
  return (
    <ActionForm action={savePolicy} hidden={{ as: user.id }} className="stack">
      <VersionField version={String(stored.version)} />
      <Card title={t('secondFactor')} description={t('secondFactorWhat')}>
        <div className="stack">
          <Choice name="secondFactor" values={['off', 'optional', 'required']} chosen={stored.secondFactor} />
          {stored.unknownZone ? (
            <Alert tone="warning">{zones('unknownTenant', { zone: stored.unknownZone })}</Alert>
          ) : null}
          <Field
            name="secondFactorFrom"
            type="date"
            label={t('secondFactorFrom')}
            optional={t('onlyRequired')}
            hint={t('secondFactorFromHint')}
            defaultValue={stored.secondFactorFrom ?? ''}
          />
          <CheckboxField
            name="remember"
            label={t('remember', { days: inDays(LIFETIMES.rememberedDevice) })}
            hint={t('rememberHint')}
            defaultChecked={stored.rememberDevices}
          />
        </div>
      </Card>
      <Card title={t('resetStyle')} description={t('resetStyleWhat')}>
        <Choice name="resetStyle" values={['link', 'temporary']} chosen={stored.resetStyle} />
      </Card>
      <Card title={t('passwords')}>
        <div className="stack">
          <Whole name="minLength" bounds={POLICY_BOUNDS.passwordMinLength} value={stored.passwordMinLength} />
          <Whole name="history" bounds={POLICY_BOUNDS.passwordHistory} value={stored.passwordHistory} />
        </div>
      </Card>
      <Card title={t('lockOut')} description={t('lockOutWhat')}>
        <div className="stack">
          <Whole name="lockTries" bounds={POLICY_BOUNDS.lockTries} value={stored.lockTries} />
          <SelectField
            name="lockMinutes"
            label={t('lockMinutes')}
            hint={t('lockMinutesHint')}
            options={durations(LOCK_MINUTES, stored.lockMinutes, locale)}
            defaultValue={String(stored.lockMinutes)}
          />
        </div>
      </Card>
      <Card title={t('sessionsTitle')}>
        <div className="stack">
          <SelectField
            name="idleMinutes"
            label={t('idle')}
            hint={t('idleHint')}
            options={durations(IDLE_MINUTES, stored.idleMinutes, locale)}
            defaultValue={String(stored.idleMinutes)}
          />
          <SelectField
            name="absoluteMinutes"
            label={t('absolute')}
            hint={t('absoluteHint')}
            options={durations(ABSOLUTE_MINUTES, stored.absoluteMinutes, locale)}
            defaultValue={String(stored.absoluteMinutes)}
          />
          <SelectField
            name="callGraceMinutes"
            label={t('callGrace')}
            hint={t('callGraceHint')}
            options={durations(CALL_GRACE_MINUTES, stored.callGraceMinutes, locale)}
            defaultValue={String(stored.callGraceMinutes)}
          />
        </div>
      </Card>
      <Card title={t('networksTitle')} description={t('networksWhat')}>
        <TextAreaField
          name="networks"
          label={t('networks')}
          hint={t('networksHint', { address, max: MOST_NETWORKS })}
          rows={4}
          defaultValue={stored.networks.join('\n')}
        />
      </Card>
      <div>
        <SubmitButton name="intent" value="preview" pending={t('previewing')} tone="quiet">
          {t('previewButton')}
        </SubmitButton>
      </div>
      <Effect
        words={{ title: t('preview.title'), refused: t('preview.refused'), save: t('save'), saving: t('saving') }}
      />
    </ActionForm>
  );
}

async function Choice(props: {
  name: 'secondFactor' | 'resetStyle';
  values: ('off' | 'optional' | 'required' | 'link' | 'temporary')[];
  chosen: string;
}) {
  const t = await getTranslations('security');
  return (
    <RadioGroup
      name={props.name}
      legend={t(`${props.name}Legend`)}
      options={props.values.map((value) => ({ value, label: t(value), hint: t(`${value}What`) }))}
      defaultValue={props.chosen}
    />
  );
}

async function Whole(props: {
  name: 'minLength' | 'history' | 'lockTries';
  bounds: { min: number; max: number };
  value: number;
}) {
  const t = await getTranslations('security');
  return (
    <Field
      name={props.name}
      label={t(props.name)}
      hint={t(`${props.name}Hint`, props.bounds)}
      defaultValue={String(props.value)}
      inputMode="numeric"
      autoComplete="off"
      maxLength={3}
      required
    />
  );
}

/** Returns the usual durations and the current one. */
function durations(usual: number[], inForce: number, locale: string) {
  return [...new Set([...usual, inForce])]
    .sort((a, b) => a - b)
    .map((length) => ({ value: String(length), label: showDuration(length, locale) }));
}
