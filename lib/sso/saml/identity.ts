import type { SamlSettings } from '@/db/schema/sso-settings';
import type { Finding, Identity } from '@/lib/sso/answer';
import { pastMoment } from '@/lib/sso/clock-skew';
import { hasEmailIn } from '@/lib/sso/connections/email-domains';
import { attribute, children, elementsIn, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { isEmail } from '@/lib/users/form';

const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const LONGEST_SUBJECT = 1024;

/** Usual attribute names: plain, LDAP object identifiers, WS-Federation claims. */
const USUAL_NAMES = {
  email: [
    'email',
    'mail',
    'emailaddress',
    'user.email',
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  ],
  firstName: [
    'givenname',
    'firstname',
    'first_name',
    'user.firstname',
    'urn:oid:2.5.4.42',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
  ],
  lastName: [
    'sn',
    'surname',
    'lastname',
    'last_name',
    'user.lastname',
    'urn:oid:2.5.4.4',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
  ],
};

const TWO_FACTORS = new Set([
  'https://refeds.org/profile/mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
]);
const METHODS = 'http://schemas.microsoft.com/claims/authnmethodsreferences';

/** What a logout request must repeat from the assertion. */
export type LogoutHint = { nameId: string; format?: string; nameQualifier?: string; spNameQualifier?: string };

/** What of a connection affects how an assertion is read. */
export type NamingConnection = {
  issuer: string;
  settings: Pick<SamlSettings, 'emailAttribute'>;
  emailDomains?: string[];
};

/**
 * Returns whom an assertion names and what it says of that user; no identity where the name is
 * missing or does not last.
 */
export function readIdentity(
  assertion: Element,
  nameId: Element | undefined,
  connection: NamingConnection,
): { identity: Identity | undefined; finding: Finding } {
  const name = nameId && elementsIn(nameId).length === 0 ? textOf(nameId) : '';
  const format = attribute(nameId, 'Format');
  const attributes = attributesOf(assertion);
  const wanted = connection.settings.emailAttribute;
  const emails = valuesOf(attributes, wanted ? [wanted.toLowerCase()] : USUAL_NAMES.email);
  if (emails.length === 0 && !wanted && isAddress(name, format, connection)) emails.push(name);
  const statements = children(assertion, 'assertion', 'AuthnStatement');
  const isNamed = name !== '' && name.length <= LONGEST_SUBJECT && format !== TRANSIENT;
  const areOneEmail = new Set(emails.map((email) => email.toLowerCase())).size <= 1;
  const reason = !isNamed
    ? 'name-id'
    : !areOneEmail
      ? 'email-ambiguous'
      : statements.length === 0
        ? 'confirmation'
        : undefined;
  const hint: LogoutHint = {
    nameId: name,
    format,
    nameQualifier: attribute(nameId, 'NameQualifier'),
    spNameQualifier: attribute(nameId, 'SPNameQualifier'),
  };
  const detail = {
    nameId: name,
    format: format ?? '',
    email: emails.join(', '),
    attributes: attributes.map(({ names }) => names[0]).join(', '),
  };
  if (reason) return { identity: undefined, finding: { name: 'attributes', reason, detail } };
  return {
    identity: {
      issuer: connection.issuer,
      subject: name,
      email: emails[0] ?? null,
      emailVerified: true,
      firstName: valuesOf(attributes, USUAL_NAMES.firstName)[0] ?? null,
      lastName: valuesOf(attributes, USUAL_NAMES.lastName)[0] ?? null,
      secondFactor: hasTwoFactors(statements, attributes),
      authenticatedAt: signedInAt(statements),
      index: statements.map((one) => attribute(one, 'SessionIndex')).find(Boolean) ?? null,
      hint: JSON.stringify(hint),
    },
    finding: { name: 'attributes', detail },
  };
}

/**
 * Google and Okta send an address as a name of no stated format: it counts as one in the
 * connection's own domains.
 */
function isAddress(name: string, format: string | undefined, { emailDomains = [] }: NamingConnection) {
  if (format === EMAIL_FORMAT) return true;
  return (format === undefined || format === UNSPECIFIED) && isEmail(name) && hasEmailIn(emailDomains, name);
}

type SamlAttribute = { names: string[]; values: string[] };

function attributesOf(assertion: Element): SamlAttribute[] {
  return children(assertion, 'assertion', 'AttributeStatement')
    .flatMap((statement) => children(statement, 'assertion', 'Attribute'))
    .map((one) => ({
      names: [attribute(one, 'Name'), attribute(one, 'FriendlyName')].filter((name) => name !== undefined),
      // The text of a value with child elements would join unrelated pieces.
      values: children(one, 'assertion', 'AttributeValue')
        .filter((value) => elementsIn(value).length === 0)
        .map(textOf)
        .filter((text) => text !== ''),
    }));
}

/** Returns all values of all attributes with these names. */
function valuesOf(attributes: SamlAttribute[], names: string[]) {
  return attributes
    .filter((one) => one.names.some((name) => names.includes(name.toLowerCase())))
    .flatMap(({ values }) => values);
}

/**
 * When the user last signed in at the provider, in milliseconds; null where that is no time with an
 * offset.
 */
function signedInAt(statements: Element[]) {
  const instants = statements.map((one) => attribute(one, 'AuthnInstant') ?? '');
  const moments = instants.map((text) => (/(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN));
  return moments.length > 0 && moments.every(Number.isFinite) ? pastMoment(Math.min(...moments)) : null;
}

function hasTwoFactors(statements: Element[], attributes: SamlAttribute[]) {
  const classes = statements
    .map((statement) => onlyChild(statement, 'assertion', 'AuthnContext'))
    .map((context) => textOf(onlyChild(context, 'assertion', 'AuthnContextClassRef')));
  return [...classes, ...valuesOf(attributes, [METHODS])].some((one) => TWO_FACTORS.has(one));
}
