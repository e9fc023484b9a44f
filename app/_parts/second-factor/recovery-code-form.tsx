import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';

type Props = { action: FormAction; as: string; codeHref: string; noneLeft: string };

/** Accepts a recovery code; `codeHref` leads back to the app's code, `as` names the attempt. */
export async function RecoveryCodeForm({ action, as, codeHref, noneLeft }: Props) {
  const t = await getTranslations('recoveryCode');
  return (
    <>
      <ActionForm action={action} hidden={{ as }}>
        <Field name="code" label={t('code')} hint={t('hint')} autoComplete="off" maxLength={64} required autoFocus />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
      <div className="stack-tight text-sm mt-4">
        <p>
          <a className="link" href={codeHref}>
            {t('useApp')}
          </a>
        </p>
        <p className="muted">{noneLeft}</p>
      </div>
    </>
  );
}
