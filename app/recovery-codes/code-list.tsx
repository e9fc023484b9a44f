import { getTranslations } from 'next-intl/server';
import type { Visit } from '@/app/portal-frame';
import { CopyButton } from '@/components/ui/copy-button';
import { DownloadButton } from '@/components/ui/download-button';
import { PrintButton } from '@/components/ui/print-button';
import { showMoment } from '@/lib/i18n';

export async function CodeList({ codes, visit }: { codes: string[]; visit: Visit }) {
  const { tenant, user, locale, timeZone } = visit;
  const t = await getTranslations('recoveryCodes');
  const heading = t('fileHeading', { username: user.username, tenant: tenant.name });
  const note = t('fileNote', { when: showMoment(new Date(), locale, timeZone) });
  return (
    <>
      <p className="print-only">{heading}</p>
      <div className="max-w-sm">
        <ol className="codes" aria-label={t('list')}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </div>
      <p className="print-only">{note}</p>
      <div className="row">
        <DownloadButton
          text={`${[heading, '', ...codes, '', note].join('\r\n')}\r\n`}
          fileName={t('fileName', { accountId: tenant.slug })}
        >
          {t('download')}
        </DownloadButton>
        <CopyButton text={codes.join('\n')} label={t('copy')} copied={t('copied')} />
        <PrintButton>{t('print')}</PrintButton>
      </div>
    </>
  );
}
