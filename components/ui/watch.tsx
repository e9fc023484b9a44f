'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const EVERY_MS = 2000;

/** Shows how far it is as long as the page is looked at; without scripts, a link does. */
export function Watch({ href, words }: { href: string; words: string }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <a className="link" href={href}>
      {words}
    </a>
  );
}
