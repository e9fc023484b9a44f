import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { FileField } from '@/components/forms/file-field';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { showMoment } from '@/lib/language/show';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { ENCODINGS } from '@/lib/users/import/encodings';
import { listRecentImports } from '@/lib/users/import/imports';
import { FIRST_LINES, LARGEST_FILE } from '@/lib/users/import/read';
import { uploadUsers } from './actions';
import { STATE_TONES } from './state-tones';

export async function generateMetadata() {
  const t = await getTranslations('import');
  return { title: t('title') };
}

export default async function ImportPage() {
  const visit = await requireUser('users');
  const t = await getTranslations('import');
  const encodings = (['auto', ...ENCODINGS] as const).map((value) => ({ value, label: t(`encodings.${value}`) }));
  return (
    <Frame visit={visit} tab="users">
      <PageTitle back={{ href: '/admin/users', label: t('back') }} lead={t('lead')}>
        {t('title')}
      </PageTitle>
      <div className="stack max-w-3xl">
        <Card title={t('file')}>
          <div className="stack">
            <ActionForm action={uploadUsers} hidden={{ as: visit.user.id }}>
              <FileField
                name="file"
                label={t('file')}
                hint={t('fileHint')}
                accept=".csv,.txt,text/csv,text/plain"
                most={LARGEST_FILE}
                tooLarge={t('tooLarge')}
              />
              <SelectField name="encoding" label={t('encoding')} hint={t('encodingHint')} options={encodings} />
              <SelectField
                name="firstLine"
                label={t('firstLine')}
                options={FIRST_LINES.map((value) => ({ value, label: t(`firstLineIs.${value}`) }))}
              />
              <SubmitButton pending={t('taking')}>{t('take')}</SubmitButton>
            </ActionForm>
            <div className="stack-tight">
              <div>
                <LinkButton href="/admin/users/import/template" small>
                  {t('template')}
                </LinkButton>
              </div>
              <p className="muted text-sm">{t('templateWhat')}</p>
            </div>
          </div>
        </Card>
        <Recent visit={visit} />
      </div>
    </Frame>
  );
}

async function Recent({ visit }: { visit: PortalVisit }) {
  const [t, recent] = await Promise.all([getTranslations('import'), listRecentImports(visit.tenant)]);
  if (recent.length === 0) return null;
  return (
    <Card title={t('recent')}>
      <DataTable
        caption={t('recent')}
        columns={(['name', 'when', 'lines', 'state'] as const).map((key) => ({ key, label: t(key) }))}
        rows={recent.map((one) => ({
          id: one.id,
          cells: {
            name: (
              <a className="link break-all" href={`/admin/users/import/${one.id}`}>
                {one.fileName}
              </a>
            ),
            when: showMoment(one.createdAt, visit.locale, visit.timeZone),
            lines: one.total.toLocaleString(visit.locale),
            state: <Badge tone={STATE_TONES[one.state]}>{t(`states.${one.state}`)}</Badge>,
          },
        }))}
      />
    </Card>
  );
}
