import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icon';
import { getTranslations } from '@/lib/request/translations';

/** Renders one line of a list of checks, with a text alternative for its icon. */
export async function Mark({ ok, children }: { ok: boolean; children: ReactNode }) {
  const t = await getTranslations('singleSignOn');
  return (
    <li className="flex gap-2">
      <span className={`inline-flex pt-0.5 ${ok ? 'text-success' : 'text-danger'}`}>
        <Icon name={ok ? 'check' : 'close'} />
        <span className="visually-hidden">{t(ok ? 'ok' : 'notOk')}</span>
      </span>
      <div className="min-w-0 flex-1">{children}</div>
    </li>
  );
}
