import { getLocale } from '@/lib/request/translations';
import { Door, type DoorProps } from './door';
import { frameWords } from './frame-words';

type Props = Omit<DoorProps, 'words' | 'name'> & { tenantName: string | null };

export async function SignedOutFrame({ tenantName, ...door }: Props) {
  const { other, theme } = frameWords(await getLocale());
  return <Door {...door} words={{ other, theme }} name={tenantName ?? 'Gatehouse'} />;
}
