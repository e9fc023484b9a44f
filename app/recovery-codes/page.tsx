import { redirect } from 'next/navigation';
import { Frame } from '@/app/_parts/portal-frame';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { newCodes } from '@/lib/second-factor/settings';
import { CodesKeptForm } from '../_parts/second-factor/codes-kept-form';
import { NewCodes } from '../_parts/second-factor/new-codes';
import { keepCodes } from './actions';

type Props = { searchParams: Promise<{ return_to?: string | string[] }> };

export async function generateMetadata() {
  const t = await getTranslations('recoveryCodes');
  return { title: t('title') };
}

export default async function RecoveryCodesPage({ searchParams }: Props) {
  const visit = await requireUser();
  const { tenant, user, session, locale, timeZone } = visit;
  const codes = await newCodes(tenant, user.id, session.id);
  if (!codes) redirect('/home');
  const owner = { username: user.username, place: tenant.name, file: tenant.slug, locale, timeZone };
  return (
    <Frame visit={visit}>
      <NewCodes codes={codes} owner={owner}>
        <CodesKeptForm action={keepCodes} as={user.id} returnTo={(await searchParams).return_to} />
      </NewCodes>
    </Frame>
  );
}
