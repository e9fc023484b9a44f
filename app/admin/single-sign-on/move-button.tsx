import { Icon } from '@/components/ui/icon';

type Props = { direction: 'up' | 'down'; label: string; disabled: boolean };

/*
 * It stays where it is at the end of the list too, so that the next press does not hit another one.
 */
export function MoveButton({ direction, label, disabled }: Props) {
  return (
    <button
      type="submit"
      name="direction"
      value={direction}
      aria-label={label}
      aria-disabled={disabled || undefined}
      className="button button-small"
    >
      <span className={direction === 'up' ? 'inline-flex rotate-180' : 'inline-flex'}>
        <Icon name="chevron" />
      </span>
    </button>
  );
}
