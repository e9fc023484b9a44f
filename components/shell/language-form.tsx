import { Icon } from '@/components/ui/icon';
import type { FrameWords } from './frame-words';
import type { ServerForm } from './types';

export function LanguageForm({ action, other }: { action: ServerForm; other: FrameWords['other'] }) {
  return (
    <form action={action}>
      <input type="hidden" name="locale" value={other.locale} />
      <button type="submit" lang={other.locale} className="language">
        <Icon name="globe" />
        {other.name}
      </button>
    </form>
  );
}
