import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { hasWords } from '@/lib/language/messages';
import { getTranslations } from '@/lib/request/translations';
import { showValue } from './show-value';

/** What a provider sent, name by name; secrets and signatures were taken out before it was kept. */
export async function Received({ received, visit }: { received: Record<string, string>; visit: PortalVisit }) {
  const [t, names] = await Promise.all([getTranslations('singleSignOn'), getTranslations('ssoReceived')]);
  const told = Object.entries(received);
  return (
    <Card title={t('received')} description={told.length > 0 ? t('receivedWhat') : undefined}>
      {told.length > 0 ? (
        <DefinitionList
          items={told.map(([name, value]) => ({
            term: nameOf(names, name),
            value: <span className="font-mono text-sm break-all">{showValue(name, value, visit) || t('empty')}</span>,
          }))}
        />
      ) : (
        <p className="muted">{t('nothingReceived')}</p>
      )}
    </Card>
  );
}

type ReceivedNames = Awaited<ReturnType<typeof getTranslations<'ssoReceived'>>>;

/** A word of ours where there is one; an attribute's or a claim's own name otherwise. */
export function nameOf(names: ReceivedNames, name: string) {
  const key = name.replace(/[.]/g, '_');
  return hasWords(names, key) ? names(key) : name;
}
