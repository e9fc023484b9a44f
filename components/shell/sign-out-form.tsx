import { Icon } from '@/components/ui/icon';
import type { ServerForm } from './types';

export function SignOutForm({ action, words, wide }: { action: ServerForm; words: string; wide?: boolean }) {
  return (
    <form action={action} data-sign-out="">
      <button
        type="submit"
        className={wide ? 'menu-item' : 'icon-button'}
        aria-label={wide ? undefined : words}
        title={wide ? undefined : words}
      >
        <Icon name="sign-out" />
        {wide ? words : null}
      </button>
    </form>
  );
}
