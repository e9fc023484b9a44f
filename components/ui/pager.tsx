import { LinkButton } from './link-button';

type Target = { href: string; label: string };

export function Pager(props: { label: string; previous?: Target; next?: Target; summary?: string }) {
  const { label, previous, next, summary } = props;
  if (!previous && !next && !summary) return null;
  return (
    <nav aria-label={label} className="row mt-4">
      {previous ? <LinkButton href={previous.href}>{previous.label}</LinkButton> : null}
      {next ? <LinkButton href={next.href}>{next.label}</LinkButton> : null}
      {summary ? <p className="muted text-sm">{summary}</p> : null}
    </nav>
  );
}
