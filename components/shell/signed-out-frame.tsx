import { getLocale } from '@/lib/request/translations';
import { frameWords } from './frame-words';
import { SignInLayout, type SignInLayoutProps } from './sign-in-layout';

type Props = Omit<SignInLayoutProps, 'words' | 'name'> & { tenantName: string | null };

export async function SignedOutFrame({ tenantName, ...door }: Props) {
  const { other, theme } = frameWords(await getLocale());
  return <SignInLayout {...door} words={{ other, theme }} name={tenantName ?? 'Gatehouse'} />;
}
