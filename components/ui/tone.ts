export type Tone = 'info' | 'success' | 'warning' | 'danger';
type ButtonTone = 'primary' | 'danger' | 'danger-quiet' | 'quiet' | 'plain';

export type ButtonLook = { tone?: ButtonTone; full?: boolean; small?: boolean };

export function buttonClass({ tone = 'quiet', full, small }: ButtonLook): string {
  return `button${tone === 'quiet' ? '' : ` button-${tone}`}${full ? ' button-full' : ''}${small ? ' button-small' : ''}`;
}
