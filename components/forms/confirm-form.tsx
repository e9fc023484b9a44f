import type { ReactNode } from 'react';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';
import { ActionForm } from './action-form';
import { ConfirmDialog } from './confirm-dialog';

type Props = {
  action: FormAction;
  hidden?: Record<string, string>;
  trigger: string;
  question: string;
  explain?: ReactNode;
  confirm: string;
  pending: string;
  tone?: 'danger' | 'quiet';
  small?: boolean;
  done?: ReactNode;
  children?: ReactNode;
};

export async function ConfirmForm({ action, hidden, children, ...dialog }: Props) {
  const t = await getTranslations('forms');
  return (
    <ActionForm action={action} hidden={hidden} message="none" className="confirm">
      <ConfirmDialog {...dialog} cancel={t('cancel')}>
        {children}
      </ConfirmDialog>
    </ActionForm>
  );
}
