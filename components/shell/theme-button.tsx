'use client';

import { useTheme } from 'next-themes';
import { Icon } from '@/components/ui/icon';
import { useHydrated } from '@/components/ui/use-hydrated';

const NEXT = { light: 'dark', dark: 'system', system: 'light' } as const;

type Words = { light: string; dark: string; system: string };

/** `named`: its name stands beside it where the bar is a menu. */
export function ThemeButton({ words, named }: { words: Words; named?: boolean }) {
  const { theme, setTheme } = useTheme();
  const hydrated = useHydrated();
  const shown = hydrated && (theme === 'light' || theme === 'dark') ? theme : 'system';
  return (
    <button
      type="button"
      className="icon-button only-js"
      aria-label={named ? undefined : words[shown]}
      title={words[shown]}
      onClick={() => setTheme(NEXT[shown])}
    >
      <Icon name="half-circle" />
      {named ? <span className="bar-name">{words[shown]}</span> : null}
    </button>
  );
}
