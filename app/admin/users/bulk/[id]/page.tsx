import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { Watch } from '@/components/ui/watch';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findBulk, MOST_NAMED } from '@/lib/users/bulk';
import { slipWords } from '../../slip-words';
import { printSlips, startForMany } from './actions';
import { Slips } from './slips';

type Bulk = NonNullable<Awaited<ReturnType<typeof findBulk>>>;

const NAMED = 20;

export async function generateMetadata() {
  const t = await getTranslations('users');
  return { title: t('withChosen') };
}

export default async function BulkPage({ params }: { params: Promise<{ id: string }> }) {
  const visit = await requireUser('users');
  const bulk = await findBulk(visit.tenant, (await params).id);
  if (!bulk) notFound();
  const t = await getTranslations('bulk');
  return (
    <Frame visit={visit} tab="users">
      <PageTitle back={{ href: '/admin/users', label: t('back') }}>{t(`title.${bulk.action}`)}</PageTitle>
      <div className="stack max-w-3xl">
        {bulk.state === 'asked' || bulk.action === 'slips' ? (
          <Question bulk={bulk} visit={visit} />
        ) : (
          <Standing bulk={bulk} />
        )}
        {bulk.refused.length > 0 ? <LeftOut bulk={bulk} /> : null}
        {bulk.state === 'stopped' && bulk.done < bulk.total ? <NotReached bulk={bulk} /> : null}
      </div>
    </Frame>
  );
}

async function Question({ bulk, visit }: { bulk: Bulk; visit: PortalVisit }) {
  const t = await getTranslations('bulk');
  const { action, total } = bulk;
  if (bulk.state !== 'asked') {
    return (
      <Card title={t(`title.${action}`)}>
        <SlipsForm bulk={bulk} visit={visit}>
          <p className="muted">{t('slipsOver')}</p>
        </SlipsForm>
      </Card>
    );
  }
  const question = (
    <div className="stack">
      <Meant bulk={bulk} />
      <div className="row">
        <SubmitButton pending={t('going')} tone={action === 'disable' ? 'danger' : 'primary'}>
          {t('go')}
        </SubmitButton>
        <LinkButton href="/admin/users">{t('cancel')}</LinkButton>
      </div>
    </div>
  );
  return (
    <Card title={t(`question.${action}`, { count: total })} description={t(`explain.${action}`)}>
      {action === 'slips' ? (
        <SlipsForm bulk={bulk} visit={visit}>
          {question}
        </SlipsForm>
      ) : (
        <ActionForm action={startForMany} hidden={{ as: visit.user.id, bulk: bulk.id }}>
          {question}
        </ActionForm>
      )}
    </Card>
  );
}

/** The form that makes slips. It stays mounted with its response, which has the slips. */
async function SlipsForm({ bulk, visit, children }: { bulk: Bulk; visit: PortalVisit; children: ReactNode }) {
  const [t, words] = await Promise.all([getTranslations('user'), slipWords(visit)]);
  const users = Object.fromEntries(
    [...bulk.names].map(([id, { firstName, lastName, username, extension }]) => [
      id,
      {
        title: t('slipTitle', { firstName: `${firstName} ${lastName}` }),
        username: [username, extension].filter(Boolean).join(' · '),
      },
    ]),
  );
  return (
    <ActionForm
      action={printSlips}
      hidden={{ as: visit.user.id, bulk: bulk.id }}
      className="stack"
      done={<Slips words={words} print={t('print')} users={users} />}
    >
      {children}
    </ActionForm>
  );
}

async function Meant({ bulk }: { bulk: Bulk }) {
  const t = await getTranslations('bulk');
  const more = bulk.total - NAMED;
  return (
    <ul className="list-disc ps-6">
      {bulk.userIds.slice(0, NAMED).map((id) => (
        <li key={id}>
          <Name bulk={bulk} id={id} />
        </li>
      ))}
      {more > 0 ? <li>{t('andMore', { count: more })}</li> : null}
    </ul>
  );
}

async function Standing({ bulk }: { bulk: Bulk }) {
  const t = await getTranslations('bulk');
  if (bulk.state === 'running') {
    return (
      <div role="status" className="stack-tight">
        <progress className="w-full" value={bulk.done} max={bulk.total} aria-label={t('progress')} />
        <p>{t('done', { done: bulk.done, total: bulk.total })}</p>
        <Watch href={`/admin/users/bulk/${bulk.id}`} words={t('reload')} />
      </div>
    );
  }
  const doneFor = bulk.done - bulk.refused.length;
  const stopped = { count: doneFor, left: bulk.total - bulk.done, total: bulk.total };
  return (
    <div role="status">
      <Alert tone={bulk.state === 'done' && doneFor > 0 ? 'success' : 'warning'}>
        {bulk.state === 'done'
          ? t('finished', { count: doneFor })
          : t(`stopped.${bulk.failure ?? 'not-administrator'}`, stopped)}
      </Alert>
    </div>
  );
}

async function NotReached({ bulk }: { bulk: Bulk }) {
  const t = await getTranslations('bulk');
  const left = bulk.userIds.slice(bulk.done);
  const shown = left.slice(0, MOST_NAMED);
  return (
    <Card title={t('notReached')}>
      <ul className="list-disc ps-6">
        {shown.map((id) => (
          <li key={id}>
            <Name bulk={bulk} id={id} />
          </li>
        ))}
        {left.length > shown.length ? <li>{t('andMore', { count: left.length - shown.length })}</li> : null}
      </ul>
    </Card>
  );
}

async function LeftOut({ bulk }: { bulk: Bulk }) {
  const [t, failures] = await Promise.all([getTranslations('bulk'), getTranslations('failures')]);
  const say = failures as (key: string) => string;
  return (
    <Card title={t('refused')}>
      <DataTable
        caption={t('refused')}
        columns={(['person', 'why'] as const).map((key) => ({ key, label: t(key) }))}
        rows={bulk.refused.slice(0, MOST_NAMED).map(({ id, reason }) => ({
          id,
          cells: {
            person: <Name bulk={bulk} id={id} />,
            why: reason === 'not-found' ? t('gone') : reason === 'too-many-mails' ? t('mailLimit') : say(reason),
          },
        }))}
      />
    </Card>
  );
}

async function Name({ bulk, id }: { bulk: Bulk; id: string }) {
  const t = await getTranslations('bulk');
  const user = bulk.names.get(id);
  if (!user) return t('gone');
  return (
    <a className="link" href={`/admin/users/${id}`}>
      {user.firstName} {user.lastName}
    </a>
  );
}
