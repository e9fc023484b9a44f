'use client';

import { SectionNav } from '@/components/shell/section-nav';
import type { Tab } from '@/components/shell/types';
import { PageTitle } from '@/components/ui/page-title';

/** The heading and tabs of every settings page. */
export function SettingsHead({ title, label, items }: { title: string; label: string; items: Tab[] }) {
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <SectionNav label={label} items={items} />
    </>
  );
}
