import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/request/current';

export default async function SettingsPage() {
  await requireUser();
  redirect('/settings/profile');
}
