import { getTranslations } from '@/lib/request/translations';

/** Promises what puts the codes of a line's verdict into words; what changes is a list of fields. */
export async function sayReasons() {
  const t = await getTranslations('import');
  const say = t as (key: string, values?: Record<string, string>) => string;
  return (reasons: readonly string[]) => {
    const fields = reasons
      .filter((reason) => reason.startsWith('changed:'))
      .map((reason) => say(`field.${reason.slice(8)}`));
    const others = reasons
      .filter((reason) => !reason.startsWith('changed:'))
      .map((reason) => {
        const [code = '', word = ''] = reason.split(':');
        return say(`reason.${code}`, { word });
      });
    return [fields.join(', '), ...others].filter(Boolean).join(' ');
  };
}
