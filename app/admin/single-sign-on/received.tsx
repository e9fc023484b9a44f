import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { hasWords } from '@/lib/language/messages';
import { getTranslations } from '@/lib/request/translations';
import { showValue } from './show-value';

/** Lists what a provider sent, stored without secrets and signatures. */
export async function Received({ received, visit }: { received: Record<string, string>; visit: PortalVisit }) {
  const [t, names] = await Promise.all([getTranslations('singleSignOn'), getTranslations('ssoReceived')]);
  const entries = Object.entries(received);
  return (
    <Card title={t('received')} description={entries.length > 0 ? t('receivedWhat') : undefined}>
      {entries.length > 0 ? (
        <DefinitionList
          items={entries.map(([name, value]) => ({
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

/** Returns the translated name of a value, or the name of its attribute or claim. */
export function nameOf(names: ReceivedNames, name: string) {
  const key = name.replace(/[.]/g, '_');
  return hasWords(names, key) ? names(key) : name;
}
