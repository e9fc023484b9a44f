'use client';

import { useEffect, useState } from 'react';
import { ErrorView } from '@/components/shell/error-view';

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const [lang, setLang] = useState('en');
  useEffect(() => setLang(document.documentElement.lang), []);
  return <ErrorView error={error} retry={retry} lang={lang} />;
}
