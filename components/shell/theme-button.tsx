'use client';

import { useTheme } from 'next-themes';
import { Icon } from '@/components/ui/icon';
import { useHydrated } from '@/components/ui/use-hydrated';

const NEXT = { light: 'dark', dark: 'system', system: 'light' } as const;

type Words = { light: string; dark: string; system: string };

export function ThemeButton({ words, wide }: { words: Words; wide?: boolean }) {
  const { theme, setTheme } = useTheme();
  const hydrated = useHydrated();
  const shown = hydrated && (theme === 'light' || theme === 'dark') ? theme : 'system';
  return (
    <button
      type="button"
      className={`${wide ? 'menu-item' : 'icon-button'} only-js`}
      aria-label={wide ? undefined : words[shown]}
      title={wide ? undefined : words[shown]}
      onClick={() => setTheme(NEXT[shown])}
    >
      <Icon name="half-circle" />
      {wide ? words[shown] : null}
    </button>
  );
}
