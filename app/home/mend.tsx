import { getTranslations } from 'next-intl/server';
import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import { isPasswordHidden } from '@/lib/credentials/hidden';
import { FEW_RECOVERY_CODES } from '@/lib/credentials/recovery-codes';
import type { Overview } from '@/lib/home';
import type { Policy } from '@/lib/policies';
import type { Locale } from '@/lib/tenants/tenants';

type Fault = 'secondFactorDue' | 'noSecondFactor' | 'fewCodes' | 'noEmail';

const CURE: Record<Fault, string> = {
  secondFactorDue: '/settings/two-factor',
  noSecondFactor: '/settings/two-factor',
  fewCodes: '/settings/two-factor',
  noEmail: '/settings/profile#email',
};

type Props = { seen: Overview; policy: Policy; user: { emergency: boolean }; locale: Locale; timeZone: string };

export async function Mend({ seen, policy, user, locale, timeZone }: Props) {
  const faults = faultsOf(seen, policy, user);
  if (faults.length === 0) return null;
  const t = await getTranslations('home');
  const from = policy.secondFactorFrom;
  const day = from ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(new Date(from)) : '';
  return (
    <section className="stack" aria-label={t('mend')}>
      {faults.map((fault) => (
        <Alert
          key={fault}
          tone="warning"
          title={t(fault, { count: seen.codesLeft, day })}
          action={
            <LinkButton href={CURE[fault]} small>
              {t(`${fault}Mend`)}
            </LinkButton>
          }
        >
          <p>{t(`${fault}Why`)}</p>
        </Alert>
      ))}
    </section>
  );
}

function faultsOf(seen: Overview, policy: Policy, user: Props['user']): Fault[] {
  // All of it is mended with one's own password.
  if (isPasswordHidden(policy, user)) return [];
  const faults: Fault[] = [];
  const used = policy.secondFactor !== 'off';
  if (used && !seen.secondFactor) faults.push(policy.secondFactorFrom ? 'secondFactorDue' : 'noSecondFactor');
  if (used && seen.secondFactor && seen.codesLeft <= FEW_RECOVERY_CODES) faults.push('fewCodes');
  if (!seen.hasEmail) faults.push('noEmail');
  return faults;
}
