import { CopyButton } from '@/components/ui/copy-button';
import { DownloadButton } from '@/components/ui/download-button';
import { PrintButton } from '@/components/ui/print-button';
import type { Locale } from '@/lib/language/locale';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';

/** `place` is the account that the codes belong to, `file` the name of their file. */
export type CodeOwner = { username: string; place: string; file: string; locale: Locale; timeZone: string };

export async function CodeList({ codes, owner }: { codes: string[]; owner: CodeOwner }) {
  const t = await getTranslations('recoveryCodes');
  const heading = t('fileHeading', { username: owner.username, tenant: owner.place });
  const note = t('fileNote', { when: showMoment(new Date(), owner.locale, owner.timeZone) });
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
          fileName={t('fileName', { accountId: owner.file })}
        >
          {t('download')}
        </DownloadButton>
        <CopyButton text={codes.join('\n')} label={t('copy')} copied={t('copied')} />
        <PrintButton>{t('print')}</PrintButton>
      </div>
    </>
  );
}
