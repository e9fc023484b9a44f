import { SelectField } from '@/components/forms/select-field';
import { timeZoneChoice } from '@/lib/language/known-zones';
import type { Locale } from '@/lib/language/locale';
import { getTranslations } from '@/lib/request/translations';

/** The language and time zone of a tenant's users until they choose their own. */
export async function LanguageAndZone({ locale, timeZone }: { locale: Locale; timeZone: string }) {
  const [t, shell, zones] = await Promise.all([
    getTranslations('newTenant'),
    getTranslations('shell'),
    timeZoneChoice(timeZone),
  ]);
  const languages = (['en', 'fr'] as const).map((value) => ({ value, label: shell(`language.${value}`) }));
  return (
    <>
      <SelectField name="locale" label={t('language')} options={languages} defaultValue={locale} />
      <SelectField name="timeZone" label={t('timeZone')} {...zones} />
    </>
  );
}
