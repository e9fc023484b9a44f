import { randomUUID } from 'node:crypto';
import { redirect } from 'next/navigation';
import { readId } from '@/lib/ids';

/** Returns the id of a new connection, which the address holds so that it survives a reload. */
export function requireNewId(protocol: 'oidc' | 'saml', asked: string | string[] | undefined) {
  const id = readId(asked);
  if (id) return id;
  redirect(`/admin/single-sign-on/new/${protocol}?id=${randomUUID()}`);
}
