export type Role = 'agent' | 'administrator';

const SCREENS = ['users', 'security', 'single-sign-on', 'branding', 'phone', 'audit'] as const;

/** Returns whether a role may open a screen, for pages, actions and the menu. */
export function mayOpen(screen: (typeof SCREENS)[number], user: { role: Role }) {
  return user.role === 'administrator' && SCREENS.includes(screen);
}
