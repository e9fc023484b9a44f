import type { ReactNode } from 'react';
import { Icon } from './icon';
import { buttonClass } from './tone';

/* A data: link and not a blob, so that it works with scripting off too. */
export function DownloadButton({ text, fileName, children }: { text: string; fileName: string; children: ReactNode }) {
  return (
    <a
      className={`${buttonClass({ small: true })} no-print`}
      href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
      download={fileName}
    >
      <Icon name="download" />
      {children}
    </a>
  );
}
