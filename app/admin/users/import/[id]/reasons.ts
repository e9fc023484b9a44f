import { getTranslations } from '@/lib/request/translations';

/** Returns a function that puts reasons into words; changed fields become one list. */
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
