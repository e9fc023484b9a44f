export type Role = 'agent' | 'administrator';

const SCREENS = ['users', 'security', 'single-sign-on', 'branding', 'phone', 'audit'] as const;

/** What a person may open. The only place that says so: pages, actions and the menu ask here. Pure. */
export function mayOpen(screen: (typeof SCREENS)[number], who: { role: Role }) {
  return who.role === 'administrator' && SCREENS.includes(screen);
}
