import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { changeState } from './actions';
import { HideConditions } from './hide-conditions';
import { TestLink } from './test-link';

const STAGES = ['draft', 'tested', 'beside', 'instead'] as const;

type StageMove = {
  to: 'draft' | 'beside';
  words: 'offerBeside' | 'backToDraft' | 'stopOffering' | 'showPasswords';
  tone: 'primary' | 'quiet';
};

/** State changes that need no confirmation. Only a passed test leads from draft to tested. */
const MOVES: Record<Connection['state'], StageMove[]> = {
  draft: [],
  tested: [
    { to: 'beside', words: 'offerBeside', tone: 'primary' },
    { to: 'draft', words: 'backToDraft', tone: 'quiet' },
  ],
  beside: [{ to: 'draft', words: 'stopOffering', tone: 'quiet' }],
  instead: [{ to: 'beside', words: 'showPasswords', tone: 'primary' }],
};

type Props = { connection: Connection; visit: PortalVisit };

export async function Stages({ connection, visit }: Props) {
  const t = await getTranslations('singleSignOn');
  const at = STAGES.indexOf(connection.state);
  const hidden = { as: visit.user.id, connection: connection.id };
  // A manually replaced certificate must be tested first.
  const isUntested = connection.state === 'tested' && !connection.testedAt;
  const moves = MOVES[connection.state].filter(({ to }) => to === 'draft' || !isUntested);
  return (
    <Card title={t('stages')} description={t('stagesWhat')}>
      <div className="stack">
        <ol className="stack-tight">
          {STAGES.map((stage, index) => (
            <li
              key={stage}
              aria-current={index === at ? 'step' : undefined}
              className={`rounded border p-3 ${index === at ? 'border-primary' : 'border-line'}`}
            >
              <p className="row">
                <span className={index === at ? 'font-semibold' : 'muted'}>
                  {index + 1}. {t(`state.${stage}`)}
                </span>
                {index === at ? <Badge tone="info">{t('now')}</Badge> : null}
              </p>
              <p className="muted text-sm">{t(`stateWhat.${stage}`)}</p>
            </li>
          ))}
        </ol>
        {isUntested ? <Alert tone="warning">{t('testAfterReplacement')}</Alert> : null}
        {connection.state === 'draft' || isUntested ? (
          <div>
            <TestLink connection={connection} primary />
          </div>
        ) : null}
        {connection.state === 'beside' ? <HideConditions connection={connection} visit={visit} /> : null}
        {/* Both stay where they are whatever the state, so that what was done stays said. */}
        <div className="row">
          <ActionForm action={changeState} hidden={hidden} className="row">
            {moves.map(({ to, words, tone }) => (
              <SubmitButton key={to} name="state" value={to} tone={tone} pending={t('changing')}>
                {t(words)}
              </SubmitButton>
            ))}
          </ActionForm>
          <ConfirmWhile
            offered={connection.state === 'beside'}
            action={changeState}
            hidden={{ ...hidden, state: 'instead' }}
            trigger={t('hidePasswords')}
            question={t('hidePasswordsFor', { label: connection.label })}
            explain={t('hidePasswordsWhat')}
            confirm={t('hidePasswords')}
            pending={t('changing')}
          />
        </div>
      </div>
    </Card>
  );
}
