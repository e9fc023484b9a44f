import { redirect } from 'next/navigation';
import { CodesKeptForm } from '@/app/_parts/second-factor/codes-kept-form';
import { NewCodes } from '@/app/_parts/second-factor/new-codes';
import { OperatorFrame } from '@/app/operator/frame';
import { PROVIDER } from '@/lib/audit/provider';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { newCodes } from '@/lib/second-factor/settings';
import { keepOperatorCodes } from './actions';

type Props = { searchParams: Promise<{ return_to?: string | string[] }> };

export async function generateMetadata() {
  const t = await getTranslations('recoveryCodes');
  return { title: t('title') };
}

export default async function OperatorRecoveryCodesPage({ searchParams }: Props) {
  const visit = await requireOperator();
  const { operator, session, locale, timeZone } = visit;
  const codes = await newCodes({ id: PROVIDER }, operator.id, session.id);
  if (!codes) redirect('/operator');
  const t = await getTranslations('operatorDoor');
  const owner = { username: operator.username, place: t('console'), file: 'operator', locale, timeZone };
  return (
    <OperatorFrame visit={visit}>
      <NewCodes codes={codes} owner={owner}>
        <CodesKeptForm action={keepOperatorCodes} as={operator.id} returnTo={(await searchParams).return_to} />
      </NewCodes>
    </OperatorFrame>
  );
}
