'use client';

import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';

type Props = {
  greeting: string;
  lead: string;
  /** Next to the last sign-in, for users who do not recognise it. */
  notYou: string | null;
  problems: { label: string; faults: { title: string; why: string; cure: string; href: string }[] };
  open: { label: string; places: { title: string; what: string; href: string }[] };
};

/** A client component that receives words only, so that the response has no markup twice. */
export function HomeScreen({ greeting, lead, notYou, problems, open }: Props) {
  return (
    <>
      <PageTitle
        lead={
          <>
            {lead}{' '}
            {notYou ? (
              <a className="link" href="/settings/sessions">
                {notYou}
              </a>
            ) : null}
          </>
        }
      >
        {greeting}
      </PageTitle>
      <div className="stack">
        {problems.faults.length > 0 ? (
          <section className="stack" aria-label={problems.label}>
            {problems.faults.map(({ title, why, cure, href }) => (
              <Alert
                key={title}
                tone="warning"
                title={title}
                action={
                  <LinkButton href={href} small>
                    {cure}
                  </LinkButton>
                }
              >
                <p>{why}</p>
              </Alert>
            ))}
          </section>
        ) : null}
        <section className="stack" aria-labelledby="destinations">
          <h2 id="destinations" className="visually-hidden">
            {open.label}
          </h2>
          <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {open.places.map(({ title, what, href }) => (
              <li key={href} className="grid">
                <Card as="div">
                  <h3 className="text-lg">
                    <a className="link" href={href}>
                      {title}
                    </a>
                  </h3>
                  <p className="muted mt-1">{what}</p>
                </Card>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}
