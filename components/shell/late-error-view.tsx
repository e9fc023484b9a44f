'use client';

import { type ComponentType, useEffect, useState } from 'react';
import type { ErrorProps } from '@/components/shell/types';

/*
 * The words come when they are needed, so that no page pays for them; without the network a bare
 * button remains.
 */
export function LateErrorView(trouble: ErrorProps) {
  const [view, setView] = useState<{ View: ComponentType<ErrorProps> }>();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    import('./error-view').then(({ ErrorView }) => setView({ View: ErrorView })).catch(() => setLost(true));
  }, []);
  if (view) return <view.View {...trouble} />;
  if (!lost) return null;
  return (
    <button type="button" className="button" onClick={() => location.reload()}>
      Gatehouse ↻
    </button>
  );
}
