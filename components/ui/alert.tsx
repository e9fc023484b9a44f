import type { ReactNode } from 'react';
import { Icon } from './icon';
import type { Tone } from './tone';

const ICONS = { info: 'info', success: 'check', warning: 'warning', danger: 'warning' } as const;

type Props = { tone: Tone; title?: ReactNode; action?: ReactNode; children?: ReactNode };

export function Alert({ tone, title, action, children }: Props) {
  return (
    <div className={`alert alert-${tone}`}>
      <Icon name={ICONS[tone]} />
      <div className="alert-body">
        {title ? <p className="alert-title">{title}</p> : null}
        {children}
        {action ? <div className="row mt-2">{action}</div> : null}
      </div>
    </div>
  );
}
