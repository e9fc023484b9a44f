import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { providerOf } from '@/lib/sso/sign-in/diagnosis';

const KINDS = ['entra', 'google', 'known', 'other'] as const;

/** Explains how the provider confirms email addresses; for every kind before one is connected. */
export async function EmailAdvice({ connection }: { connection?: Connection }) {
  const t = await getTranslations('singleSignOn');
  const kind = providerOf(connection);
  const shown = kind === 'other' ? KINDS.filter((one) => !connection || one === 'known' || one === 'other') : [kind];
  return (
    <Card title={t('beforeTest')} description={t('beforeTestWhat')}>
      <dl className="stack-tight">
        {shown.map((one) => (
          <div key={one}>
            <dt className="font-semibold">{t(`advice.${one}.title`)}</dt>
            <dd>{t(`advice.${one}.what`)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
