import type { ReactNode } from 'react';
import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { translator } from '@/lib/language/translator';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { SettingsHead } from './head';

const SECTIONS = [
  { name: 'profile', href: '/settings/profile' },
  { name: 'password', href: '/settings/password' },
  { name: 'twoFactor', href: '/settings/two-factor' },
  { name: 'sessions', href: '/settings/sessions' },
  { name: 'signIns', href: '/settings/sign-ins' },
] as const;

type Props = { visit: PortalVisit; section: (typeof SECTIONS)[number]['name']; wide?: boolean; children: ReactNode };

export function SettingsFrame({ visit, section, wide, children }: Props) {
  const t = translator(visit.locale, 'settings');
  const shown = SECTIONS.filter(({ name }) => name !== 'password' || !isPasswordHidden(visit.policy, visit.user));
  const items = shown.map(({ name, href }) => ({ href, label: t(name), current: name === section }));
  return (
    <Frame visit={visit} tab="settings">
      <SettingsHead title={t('title')} label={t('sections')} items={items} />
      <div className={wide ? 'stack' : 'stack max-w-2xl'}>{children}</div>
    </Frame>
  );
}
