'use client';

import { useFormState } from '@/components/forms/form-context';
import { PrintButton } from '@/components/ui/print-button';
import { Qr } from '@/components/ui/qr';

type Words = Record<'title' | 'company' | 'how' | 'address' | 'code' | 'username' | 'once' | 'qr' | 'print', string>;

/** The printed slip, from the answer of the form and from nowhere else: a reload of the page no longer has it. */
export function Slip({ words, username }: { words: Words; username: string }) {
  const slip = useFormState().state.shown?.slip;
  if (!slip) return null;
  return (
    <div className="stack mt-3 w-full">
      <section className="slip rounded border border-line p-6" aria-label={words.title}>
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
      </section>
      <div>
        <PrintButton>{words.print}</PrintButton>
      </div>
    </div>
  );
}

function Row({ term, value, code = false }: { term: string; value: string; code?: boolean }) {
  return (
    <div>
      <dt className="text-sm">{term}</dt>
      <dd className={`font-mono break-all select-all${code ? ' text-lg' : ''}`} data-slip-code={code || undefined}>
        {value}
      </dd>
    </div>
  );
}
