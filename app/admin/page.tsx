import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/request/current';

/** What an administrator looks after begins with the people. */
export default async function AdministrationPage() {
  await requireUser('users');
  redirect('/admin/users');
}
