import type { ComponentProps } from 'react';
import { ActionForm } from '@/components/forms/action-form';
import { ConfirmDialog } from '@/components/forms/confirm-dialog';
import { FormMessage } from '@/components/forms/form-message';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';

type Props = Omit<ComponentProps<typeof ConfirmDialog>, 'cancel'> & {
  /**
   * Whether there is anything to do. Once it is done the button goes, and the message that says so
   * stays.
   */
  offered: boolean;
  action: FormAction;
  hidden: Record<string, string>;
};

export async function ConfirmWhile({ offered, action, hidden, ...dialog }: Props) {
  const t = await getTranslations('forms');
  return (
    <ActionForm action={action} hidden={hidden} message="none" className="confirm">
      {offered ? <ConfirmDialog {...dialog} cancel={t('cancel')} /> : <FormMessage />}
    </ActionForm>
  );
}
