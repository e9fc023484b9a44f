'use client';

import { LateErrorView, type Trouble } from '@/components/shell/late-error-view';

export default function ErrorPage(trouble: Trouble) {
  return <LateErrorView {...trouble} />;
}
