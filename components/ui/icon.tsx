type IconName =
  | 'sign-out'
  | 'half-circle'
  | 'menu'
  | 'globe'
  | 'search'
  | 'check'
  | 'warning'
  | 'info'
  | 'copy'
  | 'download'
  | 'print'
  | 'eye'
  | 'eye-off'
  | 'chevron'
  | 'close';

/**
 * Decorative: the words beside it, or the control's label, say what it means. Shapes are in
 * icons.css.
 */
export function Icon({ name }: { name: IconName }) {
  return <i className={`icon icon-${name}`} aria-hidden="true" />;
}
