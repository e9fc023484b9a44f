'use client';

import { buttonClass } from '@/components/ui/tone';
import words from '@/messages/error-page.json';

type Props = { error: unknown; retry: () => void; lang: string };

export function ErrorView({ error, retry, lang }: Props) {
  const language = lang.startsWith('fr') ? 'fr' : 'en';
  const t = words[language];
  const code = error instanceof Error && 'digest' in error ? String(error.digest) : '';
  return (
    <main className="door-main" lang={language}>
      <div className="door-card stack">
        <h1>{t.title}</h1>
        <p>{t.what}</p>
        <p className="muted">{t.kept}</p>
        {code ? (
          <p>
            {t.code} <code className="font-mono">{code}</code>
          </p>
        ) : null}
        <div className="row">
          <button type="button" className={buttonClass({ tone: 'primary' })} onClick={() => retry()}>
            {t.retry}
          </button>
          <a className={buttonClass({})} href="/">
            {t.home}
          </a>
        </div>
      </div>
    </main>
  );
}
