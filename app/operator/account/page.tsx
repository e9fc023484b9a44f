import { FactorDetails } from '@/app/_parts/second-factor/factor-details';
import { NewCodesForm } from '@/app/_parts/second-factor/new-codes-form';
import { OperatorFrame, type OperatorVisit } from '@/app/operator/frame';
import { ConfirmRow } from '@/components/forms/confirm-row';
import { RowForms } from '@/components/forms/row-forms';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { PageTitle } from '@/components/ui/page-title';
import { showMoment } from '@/lib/language/show';
import { OPERATOR_LIMITS } from '@/lib/operators/limits';
import { operatorFactorState } from '@/lib/operators/second-factor';
import { listOperatorSessions } from '@/lib/operators/sessions';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { endOwnSession, makeNewCodes } from './actions';
import { OperatorPasswordForm, ZoneForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('operatorAccount');
  return { title: t('title') };
}

export default async function OperatorAccountPage() {
  const visit = await requireOperator();
  const { operator, locale, timeZone } = visit;
  const [t, state] = await Promise.all([getTranslations('operatorAccount'), operatorFactorState(operator.id)]);
  const { passwordMinLength } = OPERATOR_LIMITS;
  return (
    <OperatorFrame visit={visit} tab="account">
      <div className="max-w-3xl">
        <PageTitle lead={operator.username}>{t('title')}</PageTitle>
        <div className="stack">
          <Card title={t('password')} description={t('passwordHint', { min: passwordMinLength })}>
            <OperatorPasswordForm visit={visit} />
          </Card>
          <Card title={t('factor')}>
            <div className="stack">
              <FactorDetails state={state} locale={locale} timeZone={timeZone}>
                <NewCodesForm action={makeNewCodes} as={operator.id} />
              </FactorDetails>
              <p className="muted">{t('newPhone')}</p>
            </div>
          </Card>
          <Card title={t('zone')} description={t('zoneHint')}>
            <ZoneForm visit={visit} />
          </Card>
          <Card title={t('sessions')} description={t('limits')}>
            <Sessions visit={visit} />
          </Card>
        </div>
      </div>
    </OperatorFrame>
  );
}

async function Sessions({ visit }: { visit: OperatorVisit }) {
  const { operator, session, locale, timeZone } = visit;
  const [t, sessions] = await Promise.all([getTranslations('operatorAccount'), listOperatorSessions(operator.id)]);
  const columns = (['browser', 'address', 'signedIn', 'lastSeen'] as const).map((key) => ({ key, label: t(key) }));
  const rows = sessions.map(({ id, browser, address, createdAt, lastSeenAt }) => ({
    id,
    cells: {
      browser: (
        <span className="row">
          {browser}
          {id === session.id ? <Badge tone="info">{t('thisDevice')}</Badge> : null}
        </span>
      ),
      address,
      signedIn: showMoment(createdAt, locale, timeZone),
      lastSeen: showMoment(lastSeenAt, locale, timeZone),
      action:
        id === session.id ? null : (
          <ConfirmRow
            hidden={{ as: operator.id, session: id }}
            trigger={t('end')}
            question={t('endQuestion', { browser, address })}
            explain={t('endWhat')}
            confirm={t('end')}
            pending={t('ending')}
          />
        ),
    },
  }));
  return (
    <RowForms action={endOwnSession}>
      <DataTable caption={t('sessions')} columns={[...columns, { key: 'action', label: '', end: true }]} rows={rows} />
    </RowForms>
  );
}
