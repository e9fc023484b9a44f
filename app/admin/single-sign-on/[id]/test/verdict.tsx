import { Alert } from '@/components/ui/alert';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import type { TestReport } from '@/lib/sso/sign-in/test-reports';

export async function Verdict({ report, connection }: { report: TestReport; connection: Connection }) {
  const t = await getTranslations('singleSignOn');
  if (!report.ok) {
    return (
      <Alert tone="danger" title={t('testFailed')}>
        <p>{t('testFailedWhat')}</p>
      </Alert>
    );
  }
  const user = report.checks.find(({ name }) => name === 'user')?.detail;
  const name = user?.name ?? '';
  return (
    <Alert tone="success" title={t('testPassed')}>
      <p>
        {t(user?.created === 'true' ? 'wouldCreate' : 'wouldSignIn', { name })}{' '}
        {t(connection.state === 'tested' ? 'nowTested' : 'stillOffered')}
      </p>
    </Alert>
  );
}
