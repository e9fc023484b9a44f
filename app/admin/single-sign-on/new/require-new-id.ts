import { randomUUID } from 'node:crypto';
import { redirect } from 'next/navigation';
import { readId } from '@/lib/ids';

/** The id of a connection that is not saved yet stands in the address: the provider is told it first, also before a reload or a pause. */
export function requireNewId(protocol: 'oidc' | 'saml', asked: string | string[] | undefined) {
  const id = readId(asked);
  if (id) return id;
  redirect(`/admin/single-sign-on/new/${protocol}?id=${randomUUID()}`);
}
