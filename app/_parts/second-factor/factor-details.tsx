import type { ReactNode } from 'react';
import { Alert } from '@/components/ui/alert';
import { DefinitionList } from '@/components/ui/definition-list';
import type { Locale } from '@/lib/language/locale';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { FEW_RECOVERY_CODES } from '@/lib/second-factor/recovery-codes';

type Props = {
  state: { since: Date | null; codesLeft: number };
  locale: Locale;
  timeZone: string;
  children: ReactNode;
};

/** Shows a live second factor and the recovery codes left; `children` makes new ones. */
export async function FactorDetails({ state: { since, codesLeft }, locale, timeZone, children }: Props) {
  const t = await getTranslations('twoFactor');
  return (
    <>
      <p>{t('on')}</p>
      <DefinitionList
        items={[
          { term: t('sinceTerm'), value: since ? showMoment(since, locale, timeZone) : '–' },
          { term: t('codesTerm'), value: String(codesLeft) },
        ]}
      />
      {codesLeft <= FEW_RECOVERY_CODES ? <Alert tone="warning">{t('codesLow', { count: codesLeft })}</Alert> : null}
      {children}
    </>
  );
}
