import type { ReactNode } from 'react';

type Props = {
  children: ReactNode;
  lead?: ReactNode;
  back?: { href: string; label: string };
  actions?: ReactNode;
};

export function PageTitle({ children, lead, back, actions }: Props) {
  return (
    <div className="page-title">
      <div className="min-w-0">
        {back ? (
          <a className="link text-sm" href={back.href}>
            {back.label}
          </a>
        ) : null}
        <h1>{children}</h1>
        {lead ? <p className="muted mt-1">{lead}</p> : null}
      </div>
      {actions ? <div className="row">{actions}</div> : null}
    </div>
  );
}
