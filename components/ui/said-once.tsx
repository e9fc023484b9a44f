'use client';

import { useEffect } from 'react';

/**
 * Takes the query that made a page say something out of its address: a reload, or Back, does not
 * say it again.
 */
export function ShowOnce() {
  useEffect(() => {
    history.replaceState(history.state, '', location.pathname);
  }, []);
  return null;
}
