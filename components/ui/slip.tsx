import { Qr } from './qr';

export type SlipWords = Record<'title' | 'company' | 'how' | 'address' | 'code' | 'username' | 'once' | 'qr', string>;

type Props = { slip: { url: string; page: string; code: string }; words: SlipWords; username: string };

/** What is handed over on paper: where to go, and the code to type there. */
export function Slip({ slip, words, username }: Props) {
  return (
    <article className="slip" aria-label={words.title}>
      <div className="stack">
        <div>
          <p className="text-lg font-semibold">{words.title}</p>
          <p>{words.company}</p>
        </div>
        <p>{words.how}</p>
        <Qr text={slip.url} label={words.qr} />
        <dl className="stack-tight">
          <Row term={words.address} value={slip.page} />
          <Row term={words.code} value={slip.code} code />
          <Row term={words.username} value={username} />
        </dl>
        <p className="text-sm">{words.once}</p>
      </div>
    </article>
  );
}

function Row({ term, value, code = false }: { term: string; value: string; code?: boolean }) {
  return (
    <div>
      <dt className="text-sm">{term}</dt>
      <dd className={`font-mono select-all ${code ? 'text-lg' : 'break-all'}`} data-slip-code={code || undefined}>
        {value}
      </dd>
    </div>
  );
}
