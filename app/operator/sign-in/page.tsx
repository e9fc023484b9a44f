import { redirect } from 'next/navigation';
import { OperatorSignInLayout } from '@/app/operator/sign-in-layout';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { anyoneAtOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import type { OperatorSignInReason } from '@/lib/sessions/sign-in-path';
import { signInToConsole } from './actions';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const TONES = {
  idle: 'info',
  absolute: 'info',
  ended: 'info',
  expired: 'warning',
  'signed-out': 'success',
} as const satisfies Record<OperatorSignInReason, string>;

export async function generateMetadata() {
  const t = await getTranslations('operatorDoor');
  return { title: t('title') };
}

export default async function OperatorSignInPage({ searchParams }: Props) {
  const { viewer } = await anyoneAtOperator();
  if (viewer) redirect('/operator');
  const { reason, return_to: asked } = await searchParams;
  const t = await getTranslations('operatorDoor');
  const why = typeof reason === 'string' && Object.hasOwn(TONES, reason) ? (reason as OperatorSignInReason) : undefined;
  return (
    <OperatorSignInLayout title={t('title')} lead={t('lead')}>
      <div className="stack">
        {why ? <Alert tone={TONES[why]}>{t(`reason.${why}`)}</Alert> : null}
        <ActionForm action={signInToConsole} hidden={{ return_to: typeof asked === 'string' ? asked : '' }}>
          <Field name="username" label={t('username')} autoComplete="username" maxLength={320} required autoFocus />
          <PasswordField name="password" label={t('password')} autoComplete="current-password" required />
          <SubmitButton pending={t('submitting')} full>
            {t('submit')}
          </SubmitButton>
        </ActionForm>
      </div>
    </OperatorSignInLayout>
  );
}
