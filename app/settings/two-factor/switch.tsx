import type { PortalVisit } from '@/app/_parts/portal-frame';
import { NewCodesForm } from '@/app/_parts/second-factor/new-codes-form';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { getTranslations } from '@/lib/request/translations';
import type { twoFactorState } from '@/lib/second-factor/settings';
import { FactorDetails } from '../../_parts/second-factor/factor-details';
import { newRecoveryCodes } from './actions';
import { BeginForm, TurnOffForm } from './form';

type State = Pick<Awaited<ReturnType<typeof twoFactorState>>, 'on' | 'since' | 'codesLeft'>;

/* The form that turns it off is mounted in both states, so that its message stays visible. */
export async function Switch({ visit, state }: { visit: PortalVisit; state: State }) {
  const t = await getTranslations('twoFactor');
  const required = visit.policy.secondFactor === 'required';
  const hidden = isPasswordHidden(visit.policy, visit.user);
  const badge = state.on ? <Badge tone="success">{t('stateOn')}</Badge> : <Badge tone="warning">{t('stateOff')}</Badge>;
  return (
    <>
      <Card title={t('title')} actions={badge}>
        <div className="stack">
          {state.on ? (
            <FactorDetails state={state} locale={visit.locale} timeZone={visit.timeZone}>
              {hidden ? null : <NewCodesForm action={newRecoveryCodes} as={visit.user.id} />}
            </FactorDetails>
          ) : (
            <Invitation />
          )}
          {state.on && required ? <p className="muted">{t('required')}</p> : null}
          {hidden ? <p className="muted">{t('hidden')}</p> : null}
          <TurnOffForm userId={visit.user.id} offered={state.on && !required && !hidden} />
          {state.on || hidden ? null : <BeginForm userId={visit.user.id} />}
        </div>
      </Card>
      {state.on ? (
        <Card title={t('newPhone')}>
          <p>{t(required ? 'newPhoneRequired' : 'newPhoneWhat')}</p>
        </Card>
      ) : null}
    </>
  );
}

async function Invitation() {
  const t = await getTranslations('twoFactor');
  return (
    <div className="stack-tight">
      <p>{t('whatItIs')}</p>
      <p className="muted">{t('youNeed')}</p>
    </div>
  );
}
