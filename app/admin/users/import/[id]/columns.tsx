import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import { replaceInvisible } from '@/lib/users/form';
import { FIELDS, guessMapping, isSecretColumn } from '@/lib/users/import/columns';
import { type Import, listImportLines } from '@/lib/users/import/imports';
import { checkImport } from './actions';

/** Maps columns to fields, with the mapping that the header suggests selected. */
export async function Columns({ found, visit }: { found: Import; visit: PortalVisit }) {
  const [t, [first]] = await Promise.all([
    getTranslations('import'),
    listImportLines(visit.tenant, found.id, { limit: 1 }),
  ]);
  const mapping: Partial<Record<string, number>> = found.mapping ?? guessMapping(found.header);
  const columns = found.header.flatMap((header, at) => {
    const [name, example] = [
      replaceInvisible(header) || String(at + 1),
      replaceInvisible(first?.cells[at]?.slice(0, 30) ?? ''),
    ];
    return isSecretColumn(header)
      ? []
      : { value: String(at), label: example ? t('columnOf', { name, example }) : name };
  });
  return (
    <Card title={t('columns')} description={t('columnsWhat', { total: found.total })}>
      <ActionForm action={checkImport} hidden={{ as: visit.user.id, import: found.id }}>
        {FIELDS.map((field) => (
          <SelectField
            key={field}
            name={field}
            label={t(`field.${field}`)}
            options={[{ value: '', label: t('noColumn') }, ...columns]}
            defaultValue={mapping[field] === undefined ? '' : String(mapping[field])}
          />
        ))}
        <CheckboxField name="invite" label={t('invite')} hint={t('inviteHint')} defaultChecked={found.invite} />
        <SubmitButton pending={t('checking')} tone={found.counts ? 'quiet' : 'primary'}>
          {t(found.counts ? 'checkAgain' : 'check')}
        </SubmitButton>
      </ActionForm>
    </Card>
  );
}
