'use client';

import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { announceSignedIn } from './sign-in-again';

/** Tells the window with the call that the user has signed in, and closes this one. */
export function CloseWindow({ words }: { words: string }) {
  useEffect(() => {
    announceSignedIn();
    window.close();
  }, []);
  return (
    <div className="row only-js">
      <Button onClick={() => window.close()}>{words}</Button>
    </div>
  );
}
