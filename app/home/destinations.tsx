import { getTranslations } from 'next-intl/server';
import type { Visit } from '@/app/portal-frame';
import { Card } from '@/components/ui/card';
import { isEntitled, mayOpen } from '@/lib/permissions';

export async function Destinations(visit: Pick<Visit, 'tenant' | 'user' | 'phone'>) {
  const t = await getTranslations('home');
  return (
    <section className="stack" aria-labelledby="destinations">
      <h2 id="destinations" className="visually-hidden">
        {t('open')}
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {destinationsOf(visit).map(({ name, href }) => (
          <li key={name} className="grid">
            <Card as="div">
              <h3 className="text-lg">
                <a className="link" href={href}>
                  {t(name)}
                </a>
              </h3>
              <p className="muted mt-1">{t(`${name}What`)}</p>
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}

function destinationsOf({ tenant, user, phone }: Pick<Visit, 'tenant' | 'user' | 'phone'>) {
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
  ];
  const own = [
    { name: 'profile', href: '/settings/profile', open: true },
    { name: 'password', href: '/settings/password', open: true },
    { name: 'twoFactor', href: '/settings/two-factor', open: true },
    { name: 'sessions', href: '/settings/sessions', open: true },
  ];
  return [{ name: 'phone', href: '/phone', open: phone !== null }, ...administrator, ...own].filter(({ open }) => open);
}
