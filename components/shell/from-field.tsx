'use client';

import { usePathname, useSearchParams } from 'next/navigation';

export function FromField() {
  const query = useSearchParams().toString();
  return <input type="hidden" name="from" value={usePathname() + (query && `?${query}`)} readOnly />;
}
