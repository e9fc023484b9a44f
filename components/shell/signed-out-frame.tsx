import { getLocale } from '@/lib/request/translations';
import { SignInLayout, type SignInLayoutProps } from './door';
import { frameWords } from './frame-words';

type Props = Omit<SignInLayoutProps, 'words' | 'name'> & { tenantName: string | null };

export async function SignedOutFrame({ tenantName, ...door }: Props) {
  const { other, theme } = frameWords(await getLocale());
  return <SignInLayout {...door} words={{ other, theme }} name={tenantName ?? 'Gatehouse'} />;
}
