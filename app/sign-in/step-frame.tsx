import type { ReactNode } from 'react';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { getTranslations } from '@/lib/request/translations';

type Props = { tenantName: string; title: string; lead: string; children: ReactNode };

/** The frame of a second step of a sign-in, with the way back to its beginning. */
export async function StepFrame({ tenantName, title, lead, children }: Props) {
  const t = await getTranslations('code');
  return (
    <SignedOutFrame
      tenantName={tenantName}
      title={title}
      lead={lead}
      languageAction={chooseLanguage}
      footer={
        <a className="link" href="/sign-in">
          {t('startOver')}
        </a>
      }
    >
      {children}
    </SignedOutFrame>
  );
}
