import type { ReactNode } from 'react';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { getTranslations } from '@/lib/request/translations';

type Props = { title: string; lead?: ReactNode; startOver?: boolean; children: ReactNode };

/** The frame of the console's own sign-in, which says whose it is. */
export async function OperatorSignInLayout({ title, lead, startOver, children }: Props) {
  const t = await getTranslations('operatorDoor');
  const footer = startOver ? (
    <a className="link" href="/operator/sign-in">
      {t('startOver')}
    </a>
  ) : undefined;
  return (
    <SignedOutFrame tenantName={t('console')} title={title} lead={lead} languageAction={chooseLanguage} footer={footer}>
      {children}
    </SignedOutFrame>
  );
}
