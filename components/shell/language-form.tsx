import { Icon } from '@/components/ui/icon';
import type { FrameWords } from './frame-words';
import type { ServerForm } from './types';

type Props = { action: ServerForm; other: FrameWords['other']; as?: string };

/** Chooses the language; kept with the user `as` too, while it is still them who is signed in. */
export function LanguageForm({ action, other, as }: Props) {
  return (
    <form action={action}>
      <input type="hidden" name="locale" value={other.locale} />
      {as ? <input type="hidden" name="as" value={as} /> : null}
      <button type="submit" lang={other.locale} className="language">
        <Icon name="globe" />
        {other.name}
      </button>
    </form>
  );
}
