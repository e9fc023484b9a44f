import { Icon } from '@/components/ui/icon';
import type { FrameWords } from './frame-words';
import type { ServerForm } from './types';

type Props = { action: ServerForm; other: FrameWords['other']; wide?: boolean };

export function LanguageForm({ action, other, wide }: Props) {
  return (
    <form action={action}>
      <input type="hidden" name="locale" value={other.locale} />
      <button type="submit" lang={other.locale} className={wide ? 'menu-item' : 'language'}>
        <Icon name="globe" />
        {other.name}
      </button>
    </form>
  );
}
