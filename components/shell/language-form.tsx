import { getLocale, getTranslations } from 'next-intl/server';
import { Icon } from '@/components/ui/icon';
import { FromField } from './from-field';
import type { ServerForm } from './types';

export async function LanguageForm({ action, wide }: { action: ServerForm; wide?: boolean }) {
  const t = await getTranslations('shell');
  const other = (await getLocale()) === 'fr' ? 'en' : 'fr';
  return (
    <form action={action}>
      <FromField />
      <input type="hidden" name="locale" value={other} />
      <button type="submit" lang={other} className={wide ? 'menu-item' : 'language'}>
        <Icon name="globe" />
        {t(`language.${other}`)}
      </button>
    </form>
  );
}
