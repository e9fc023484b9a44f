'use client';

import { LateErrorView } from '@/components/shell/late-error-view';
import './globals.css';
import type { ErrorProps } from '@/components/shell/types';

export default function GlobalError(trouble: ErrorProps) {
  return (
    // biome-ignore lint/a11y/useHtmlLang: the reader's language is only known in the browser, where the view sets it
    <html suppressHydrationWarning>
      <body>
        <LateErrorView {...trouble} />
      </body>
    </html>
  );
}
