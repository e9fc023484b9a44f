import type { ReactNode } from 'react';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import type { FormAction } from '@/lib/forms/state';

type Props = {
  /** The current state, in a sentence. Without it the row shows only the result of the action. */
  now?: string;
  offered?: boolean;
  action: FormAction;
  hidden: Record<string, string>;
  trigger: string;
  question: string;
  explain: ReactNode;
  pending: string;
  tone?: 'danger' | 'quiet';
  done?: ReactNode;
};

export function UserAction({ now, offered = true, ...form }: Props) {
  return (
    <li className={now ? `${ROW} border-t border-line py-3 first:border-t-0 first:pt-0 last:pb-0` : ROW}>
      {now ? <p>{now}</p> : null}
      <ConfirmWhile {...form} offered={offered} confirm={form.trigger} small />
    </li>
  );
}

const ROW = 'flex flex-wrap items-center justify-between gap-x-4 gap-y-2';
