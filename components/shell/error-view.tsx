'use client';

import { unstable_isUnrecognizedActionError as isOfOlderBuild } from 'next/navigation';
import { useEffect } from 'react';
import type { ErrorProps } from '@/components/shell/types';
import { buttonClass } from '@/components/ui/tone';
import words from '@/messages/error-page.json';

export function ErrorView({ error, retry }: ErrorProps) {
  const language = readersLanguage();
  const t = words[language];
  const outdated = isOfOlderBuild(error);
  const title = outdated ? t.outdatedTitle : t.title;
  const code = error instanceof Error && 'digest' in error ? String(error.digest) : '';
  useEffect(() => {
    document.documentElement.lang ||= language;
    document.title = `${title} · Gatehouse`;
  }, [language, title]);
  return (
    <main className="door-main">
      <div className="door-card stack">
        <h1>{title}</h1>
        <p>{outdated ? t.outdated : t.what}</p>
        {outdated ? null : <p className="muted">{t.kept}</p>}
        {code ? (
          <p>
            {t.code} <code className="font-mono">{code}</code>
          </p>
        ) : null}
        <div className="row">
          <button
            type="button"
            className={buttonClass({ tone: 'primary' })}
            onClick={() => (outdated ? location.reload() : retry())}
          >
            {outdated ? t.reload : t.retry}
          </button>
          <a className={buttonClass({})} href="/">
            {t.home}
          </a>
        </div>
      </div>
    </main>
  );
}

/* Where the layout failed too, nobody has set the page's language and the browser's must do. */
function readersLanguage(): 'en' | 'fr' {
  const language = document.documentElement.lang || navigator.language;
  return language.startsWith('fr') ? 'fr' : 'en';
}
