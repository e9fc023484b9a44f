import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DefinitionList } from '@/components/ui/definition-list';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { lacksDomains } from '@/lib/sso/connections/email-domains';
import { showDay } from '../show-day';

type Props = { connection: Connection; visit: PortalVisit };

/** Shows the settings of a connection. */
export async function ConnectionDetails({ connection, visit }: Props) {
  const [t, users] = await Promise.all([getTranslations('singleSignOn'), getTranslations('users')]);
  const own = connection.protocol === 'oidc' ? await oidcItems(connection, visit) : await samlItems(connection, visit);
  const newUsers = lacksDomains(connection)
    ? t('newPeopleStopped')
    : connection.createUsers
      ? t('newPeopleMade', { role: users(connection.createRole) })
      : t('newPeopleRefused');
  return (
    <DefinitionList
      items={[
        { term: t(connection.protocol === 'oidc' ? 'issuer' : 'entityId'), value: <Code>{connection.issuer}</Code> },
        ...own,
        { term: t('emailDomains'), value: connection.emailDomains.join(', ') || t('anyDomain') },
        { term: t('newPeople'), value: newUsers },
        { term: t('logoutShort'), value: t(connection.settings.logout ? 'yes' : 'no') },
        { term: t('lastTest'), value: moment(connection.testedAt, visit) ?? t('neverTested') },
        { term: t('lastAdministrator'), value: moment(connection.administratorAt, visit) ?? t('never') },
      ]}
    />
  );
}

async function oidcItems(connection: Extract<Connection, { protocol: 'oidc' }>, { locale }: PortalVisit) {
  const t = await getTranslations('singleSignOn');
  const { clientId, scopes, tokenAuth, entraTenant } = connection.settings;
  return [
    { term: t('clientId'), value: <Code>{clientId}</Code> },
    {
      term: t('clientSecret'),
      value: connection.secretExpiresAt
        ? t('secretUntil', { day: showDay(connection.secretExpiresAt, locale) })
        : t(connection.hasSecret ? 'secretKept' : 'secretMissing'),
    },
    ...(entraTenant ? [{ term: t('entraTenant'), value: <Code>{entraTenant}</Code> }] : []),
    { term: t('scopes'), value: <Code>{scopes.join(' ')}</Code> },
    { term: t('tokenAuth'), value: t(tokenAuth) },
    { term: t('trustsAddresses'), value: t(connection.settings.trustsAddresses ? 'yes' : 'no') },
  ];
}

async function samlItems(connection: Extract<Connection, { protocol: 'saml' }>, visit: PortalVisit) {
  const t = await getTranslations('singleSignOn');
  const { settings } = connection;
  return [
    { term: t('signOnUrl'), value: <Code>{settings.signOnUrl}</Code> },
    { term: t('logoutUrl'), value: settings.logoutUrl ? <Code>{settings.logoutUrl}</Code> : t('noAddress') },
    {
      term: t('metadataShort'),
      value: settings.metadataUrl ? <Code>{settings.metadataUrl}</Code> : t('metadataByHand'),
    },
    ...(settings.metadataUrl && settings.metadataFetchedAt
      ? [{ term: t('metadataFetched'), value: moment(new Date(settings.metadataFetchedAt), visit) }]
      : []),
    {
      term: t('theirCertificates'),
      value: (
        <ul className="stack-tight">
          {settings.certificates.map(({ fingerprint, notAfter, goneSince }) => (
            <li key={fingerprint}>
              {t('certificateUntil', { day: showDay(new Date(notAfter), visit.locale) })}{' '}
              {goneSince ? <span className="muted">{t('certificateGone')}</span> : null}
              <br />
              <span className="muted">
                <Code>{fingerprint}</Code>
              </span>
            </li>
          ))}
        </ul>
      ),
    },
    { term: t('emailAttribute'), value: settings.emailAttribute ? <Code>{settings.emailAttribute}</Code> : t('usual') },
    { term: t('responseSigned'), value: t(settings.responseSigned ? 'yes' : 'no') },
    { term: t('idpInitiated'), value: t(settings.idpInitiated ? 'yes' : 'no') },
  ];
}

function Code({ children }: { children: string }) {
  return <code className="font-mono text-sm break-all">{children}</code>;
}

function moment(at: Date | null, { locale, timeZone }: PortalVisit) {
  return at && showMoment(at, locale, timeZone);
}
