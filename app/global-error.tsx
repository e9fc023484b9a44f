'use client';

import { useEffect, useState } from 'react';
import { ErrorView } from '@/components/shell/error-view';
import './globals.css';

/* The layout itself failed, so nobody could tell the reader's language but the browser. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  const [lang, setLang] = useState('en');
  useEffect(() => setLang(navigator.language), []);
  return (
    <html lang={lang.startsWith('fr') ? 'fr' : 'en'}>
      <body>
        <ErrorView error={error} retry={retry} lang={lang} />
      </body>
    </html>
  );
}
