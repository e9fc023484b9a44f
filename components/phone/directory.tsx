'use client';

import { useEffect, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { Colleague } from '@/lib/phone/wire';
import { callExtension } from './call-target';
import { usePhone } from './use-phone';
import { fill, type PhoneWords } from './words';

const WAIT_MS = 250;

type SearchResult = { people: Colleague[]; more: boolean; page: number } | 'unavailable' | null;

/** Searches the tenant's users with an extension, a page at a time. */
export function Directory({ words }: { words: PhoneWords }) {
  const id = useId();
  const [wanted, setWanted] = useState('');
  const [found, setFound] = useState<SearchResult>(null);
  const isReady = usePhone().registration.state === 'ready';

  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(async () => {
      const first = await load(wanted, 1, []);
      if (!isStale) setFound(first);
    }, WAIT_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [wanted]);

  async function showMore() {
    if (!found || found === 'unavailable') return;
    setFound(await load(wanted, found.page + 1, found.people));
  }

  const colleagues = found && found !== 'unavailable' ? found.people : [];
  const emptyNote = wanted.trim() === '' ? words.directory.empty : words.directory.none;
  const note = found === 'unavailable' ? words.directory.away : found && colleagues.length === 0 ? emptyNote : null;
  return (
    <Card title={words.directory.title}>
      <div className="stack">
        <div className="field">
          <label htmlFor={id} className="field-label">
            {words.directory.search}
          </label>
          <input
            id={id}
            className="input"
            type="search"
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
        <p role="status" className={note ? 'muted' : 'visually-hidden'}>
          {note ?? (wanted && found ? fill(words.directory.found, { count: colleagues.length }) : '')}
        </p>
        {colleagues.length > 0 ? (
          <ul className="phone-list">
            {colleagues.map(({ name, extension }) => (
              <li key={extension}>
                <span className="min-w-0">
                  <bdi>{name}</bdi> <span className="muted">{extension}</span>
                </span>
                <Button
                  small
                  aria-label={fill(words.directory.call, { name, extension })}
                  aria-disabled={!isReady}
                  onClick={() => callExtension(extension, name)}
                >
                  {words.dial.call}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
        {found && found !== 'unavailable' && found.more ? (
          <div className="row">
            <Button small onClick={showMore}>
              {words.directory.more}
            </Button>
          </div>
        ) : null}
      </div>
    </Card>
  );
}

async function load(wanted: string, page: number, before: Colleague[]): Promise<SearchResult> {
  const { colleagues } = await import('./engine/portal');
  const found = await colleagues(wanted.trim(), page);
  if (!found) return 'unavailable';
  const known = new Set(before.map(({ extension }) => extension));
  return {
    people: [...before, ...found.people.filter(({ extension }) => !known.has(extension))],
    more: found.more,
    page,
  };
}
