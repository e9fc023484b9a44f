import type { ReactNode } from 'react';
import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ConfirmForm } from '@/components/forms/confirm-form';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { remove, switchOver } from './actions';
import { OurKeys } from './our-keys';

export async function SwitchForms({ connection, visit }: { connection: Connection; visit: PortalVisit }) {
  const t = await getTranslations('singleSignOn');
  const { label, enabled } = connection;
  const hidden = { as: visit.user.id, connection: connection.id };
  return (
    <Card title={t('offAndGone')}>
      <div className="stack">
        <Row now={t(enabled ? 'isOn' : 'isOff')}>
          <ConfirmForm
            action={switchOver}
            hidden={{ ...hidden, enabled: enabled ? 'no' : 'yes' }}
            trigger={t(enabled ? 'switchOff' : 'switchOn')}
            question={t(enabled ? 'switchOffFor' : 'switchOnFor', { label })}
            explain={t(enabled ? 'switchOffWhat' : 'switchOnWhat')}
            confirm={t(enabled ? 'switchOff' : 'switchOn')}
            pending={t('changing')}
            tone={enabled ? 'danger' : 'quiet'}
            small
          />
        </Row>
        {connection.protocol === 'saml' ? (
          <Line>
            <OurKeys connection={connection} visit={visit} />
          </Line>
        ) : null}
        <Row now={t('removeNow')}>
          <ConfirmForm
            action={remove}
            hidden={hidden}
            trigger={t('remove')}
            question={t('removeFor', { label })}
            explain={t('removeWhat')}
            confirm={t('remove')}
            pending={t('removing')}
            small
          />
        </Row>
      </div>
    </Card>
  );
}

function Row({ now, children }: { now: string; children: ReactNode }) {
  return (
    <Line>
      <p>{now}</p>
      {children}
    </Line>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">{children}</div>;
}
