import { Icon } from '@/components/ui/icon';
import type { ServerForm } from './types';

export function SignOutForm({ action, words }: { action: ServerForm; words: string }) {
  return (
    <form action={action} data-sign-out="">
      <button type="submit" className="icon-button" title={words}>
        <Icon name="sign-out" />
        <span className="bar-name">{words}</span>
      </button>
    </form>
  );
}
