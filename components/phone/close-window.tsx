'use client';

import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { tellSignedIn } from './sign-in-again';

/** Tells the window with the call, and goes. */
export function CloseWindow({ words }: { words: string }) {
  useEffect(() => {
    tellSignedIn();
    window.close();
  }, []);
  return (
    <div className="row only-js">
      <Button onClick={() => window.close()}>{words}</Button>
    </div>
  );
}
