import { Frame, type PortalVisit } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { findPhoneSettings, type PhoneSettings } from '@/lib/phone/settings';
import { currentOrigin, requireUser } from '@/lib/request/current';
import { connectTo } from '@/lib/request/store';
import { getTranslations } from '@/lib/request/translations';
import { isEntitled } from '@/lib/tenants/entitlements';
import { TEST_OUTCOMES, TEST_STEPS } from './outcomes';
import { PhoneTest } from './phone-test';

export async function generateMetadata() {
  const t = await getTranslations('adminPhone');
  return { title: t('testTitle') };
}

export default async function PhoneTestPage() {
  const visit = await requireUser('phone');
  const settings = isEntitled(visit.tenant, 'phone') ? await findPhoneSettings(visit.tenant) : undefined;
  const t = await getTranslations('adminPhone');
  return (
    <Frame visit={visit} tab="phoneSettings">
      <div className="max-w-2xl">
        <PageTitle lead={t('testLead')} back={{ href: '/admin/phone', label: t('title') }}>
          {t('testTitle')}
        </PageTitle>
        {settings ? (
          <SavedSettingsTest visit={visit} settings={settings} />
        ) : (
          <Alert tone="info">{t('testNothing')}</Alert>
        )}
      </div>
    </Frame>
  );
}

async function SavedSettingsTest({
  visit,
  settings: { socket, domain, way },
}: {
  visit: PortalVisit;
  settings: PhoneSettings;
}) {
  const t = await getTranslations('adminPhone');
  connectTo(socket);
  const values = { socket, domain, origin: (await currentOrigin()) ?? '', status: '{status}' };
  const tried = TEST_STEPS.flatMap((step) =>
    TEST_OUTCOMES[step].map((code) => [`${step}.${code}`, t(`tried.${step}.${code}` as 'tried.socket.open', values)]),
  );
  return (
    <Card
      title={domain}
      description={t(way === 'ephemeral' ? 'testEphemeral' : 'testOwn', { name: visit.user.username })}
    >
      <noscript>
        <p>{t('testNeedsScript')}</p>
      </noscript>
      <PhoneTest
        words={{
          start: t('testStart'),
          again: t('testAgain'),
          running: t('testRunning'),
          passed: t('testPassed'),
          failed: t('testFailed'),
          ok: t('ok'),
          notOk: t('notOk'),
          warning: t('warning'),
          steps: {
            credentials: t('steps.credentials'),
            socket: t('steps.socket'),
            register: t('steps.register'),
            relay: t('steps.relay'),
          },
          tried: Object.fromEntries(tried),
        }}
      />
    </Card>
  );
}
