import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { hasWords } from '@/lib/language/messages';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { refetchMetadata } from './actions';

/** Fetches the metadata now instead of daily, and shows why the last fetch failed. */
export async function Refetch({ connection, visit }: { connection: Connection; visit: PortalVisit }) {
  if (connection.protocol !== 'saml' || !connection.settings.metadataUrl) return null;
  const [t, failures] = await Promise.all([getTranslations('singleSignOn'), getTranslations('failures')]);
  const { metadataError, metadataErrorDetail } = connection.settings;
  const why = metadataError && hasWords(failures, metadataError) ? failures(metadataError, metadataErrorDetail) : '';
  return (
    <div className="stack">
      {metadataError ? (
        <Alert tone="warning" title={t('metadataStale')}>
          <p>{t('metadataStaleWhat', { why })}</p>
        </Alert>
      ) : null}
      <ActionForm action={refetchMetadata} hidden={{ as: visit.user.id, connection: connection.id }}>
        <SubmitButton tone="quiet" pending={t('refetching')}>
          {t('refetch')}
        </SubmitButton>
      </ActionForm>
    </div>
  );
}
