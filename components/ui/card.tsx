import type { ReactNode } from 'react';

type Props = {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  as?: 'section' | 'div';
  children?: ReactNode;
};

export function Card({ title, description, actions, as: Tag = 'section', children }: Props) {
  return (
    <Tag className="card">
      {title || actions ? (
        <div className="card-head">
          <div className="min-w-0">
            {title ? <h2>{title}</h2> : null}
            {description ? <p className="muted mt-1">{description}</p> : null}
          </div>
          {actions ? <div className="row">{actions}</div> : null}
        </div>
      ) : null}
      {children}
    </Tag>
  );
}
