import { randomUUID } from 'node:crypto';
import { redirect } from 'next/navigation';
import { isId } from '@/lib/users';

/** The id of a connection that is not saved yet stands in the address: the provider is told it first, also before a reload or a pause. */
export function requireNewId(protocol: 'oidc' | 'saml', id: string | string[] | undefined) {
  if (typeof id === 'string' && isId(id)) return id;
  redirect(`/admin/single-sign-on/new/${protocol}?id=${randomUUID()}`);
}
