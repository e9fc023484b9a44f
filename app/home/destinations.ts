import type { PortalVisit } from '@/app/_parts/portal-frame';
import { isEntitled } from '@/lib/tenants/entitlements';
import { mayOpen } from '@/lib/users/permissions';

/** Returns what this user may open, most important first. */
export function destinationsOf({ tenant, user, phone }: Pick<PortalVisit, 'tenant' | 'user' | 'phone'>) {
  const administrator = [
    { name: 'users', href: '/admin/users', open: mayOpen('users', user) },
    {
      name: 'security',
      href: '/admin/security',
      open: mayOpen('security', user) && isEntitled(tenant, 'security-policies'),
    },
    {
      name: 'singleSignOn',
      href: '/admin/single-sign-on',
      open: mayOpen('single-sign-on', user) && isEntitled(tenant, 'single-sign-on'),
    },
    { name: 'branding', href: '/admin/branding', open: mayOpen('branding', user) },
    { name: 'phoneSettings', href: '/admin/phone', open: mayOpen('phone', user) && isEntitled(tenant, 'phone') },
    { name: 'audit', href: '/admin/audit', open: mayOpen('audit', user) },
  ] as const;
  const own = [
    { name: 'profile', href: '/settings/profile', open: true },
    { name: 'password', href: '/settings/password', open: true },
    { name: 'twoFactor', href: '/settings/two-factor', open: true },
    { name: 'sessions', href: '/settings/sessions', open: true },
  ] as const;
  const places = [{ name: 'phone', href: '/phone', open: phone !== null } as const, ...administrator, ...own];
  return places.filter(({ open }) => open);
}
