import type { ComponentProps } from 'react';
import { getTranslations } from '@/lib/request/translations';
import { ConfirmDialog } from './confirm-dialog';
import { RowForm } from './row-forms';

type Props = Omit<ComponentProps<typeof ConfirmDialog>, 'cancel'> & { hidden: Record<string, string> };

/** A row's button and its dialog; the action and its message belong to the list (`RowForms`). */
export async function ConfirmRow({ hidden, ...dialog }: Props) {
  const t = await getTranslations('forms');
  return (
    <RowForm hidden={hidden}>
      <ConfirmDialog {...dialog} cancel={t('cancel')} small />
    </RowForm>
  );
}
