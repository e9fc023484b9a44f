import type { Finding, Identity, Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import { attribute, children, elementsIn, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { type NamingConnection, readIdentity } from '@/lib/sso/saml/identity';
import { minutes } from '@/lib/time';

/** How old an assertion may be, besides the clock skew. */
export const LONGEST_AGE = minutes(5);

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const CONDITIONS = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']);

/** What a response must contain to be meant for us now. */
export type ExpectedResponse = {
  acs: string;
  entityId: string;
  /** The ID of our request; null if the caller checks the signed one. */
  requestId: string | null;
  /** Accept a response to no request, which is never a sign-in by itself. */
  unsolicited: boolean;
  now: Date;
  /** Verify the signature even where a claim is wrong already, for the report of a test. */
  reportAll?: boolean;
};

export type AssertionClaims = {
  identity: Identity | undefined;
  assertionId: string;
  /** The signed InResponseTo. */
  requestId: string | null;
  expiresAt: Date;
  findings: Finding[];
};

/**
 * Returns everything that an assertion claims, checked against what was expected, before any
 * signature. An encrypted name is left out.
 */
export function readClaims(
  response: Element,
  assertion: Element,
  connection: NamingConnection,
  expected: ExpectedResponse,
): AssertionClaims {
  const subject = onlyChild(assertion, 'assertion', 'Subject');
  const confirmations = subject ? children(subject, 'assertion', 'SubjectConfirmation') : [];
  const confirmation = confirmations.length === 1 ? confirmations[0] : undefined;
  const data = confirmation && onlyChild(confirmation, 'assertion', 'SubjectConfirmationData');
  const conditions = onlyChild(assertion, 'assertion', 'Conditions');
  const { identity, finding } = readIdentity(
    assertion,
    subject && onlyChild(subject, 'assertion', 'NameID'),
    connection,
  );
  return {
    identity,
    assertionId: attribute(assertion, 'ID') ?? '',
    requestId: attribute(data, 'InResponseTo') ?? null,
    expiresAt: new Date((readMoment(data, 'NotOnOrAfter') ?? 0) + CLOCK_SKEW),
    findings: [
      checkIssuer(response, assertion, connection.issuer),
      checkAudience(conditions, expected.entityId),
      checkRecipient(response, confirmation, data, expected),
      checkTimes(assertion, conditions, data, expected.now.getTime()),
      finding,
    ],
  };
}

function checkIssuer(response: Element, assertion: Element, issuer: string): Finding {
  const named = onlyChild(assertion, 'assertion', 'Issuer');
  const above = children(response, 'assertion', 'Issuer');
  const isOurs = textOf(named) === issuer && above.length <= 1 && above.every((one) => textOf(one) === issuer);
  return {
    name: 'issuer',
    reason: isOurs ? undefined : 'issuer',
    detail: { received: textOf(named), expected: issuer },
  };
}

function checkAudience(conditions: Element | undefined, entityId: string): Finding {
  const restrictions = conditions ? children(conditions, 'assertion', 'AudienceRestriction') : [];
  const audiences = restrictions.map((one) => children(one, 'assertion', 'Audience').map(textOf));
  const isForUs = audiences.length > 0 && audiences.every((list) => list.includes(entityId));
  const areKnown = conditions && elementsIn(conditions).every(({ localName }) => CONDITIONS.has(localName));
  return {
    name: 'audience',
    reason: isForUs && areKnown ? undefined : 'audience',
    detail: { received: audiences.flat().join(', '), expected: entityId },
  };
}

function checkRecipient(
  response: Element,
  confirmation: Element | undefined,
  data: Element | undefined,
  { acs, requestId, unsolicited }: ExpectedResponse,
): Finding {
  const destination = attribute(response, 'Destination');
  const recipient = attribute(data, 'Recipient');
  const above = attribute(response, 'InResponseTo');
  const signed = attribute(data, 'InResponseTo');
  const reason = (): Reason | undefined => {
    if (destination !== acs) return 'destination';
    if (!data || attribute(confirmation, 'Method') !== BEARER) return 'confirmation';
    if (recipient !== acs) return 'recipient';
    if (above === undefined && signed === undefined) return unsolicited ? undefined : 'unsolicited';
    // InResponseTo of the response alone may not be signed.
    if (!signed || (above !== undefined && above !== signed)) return 'in-response-to';
    return requestId !== null && signed !== requestId ? 'in-response-to' : undefined;
  };
  return {
    name: 'recipient',
    reason: reason(),
    detail: { destination: destination ?? '', recipient: recipient ?? '', expected: acs, inResponseTo: signed ?? '' },
  };
}

function checkTimes(
  assertion: Element,
  conditions: Element | undefined,
  data: Element | undefined,
  now: number,
): Finding {
  const issued = readMoment(assertion, 'IssueInstant');
  const sessionEnds = children(assertion, 'assertion', 'AuthnStatement').map((one) =>
    readMoment(one, 'SessionNotOnOrAfter'),
  );
  const begins = [readMoment(conditions, 'NotBefore'), readMoment(data, 'NotBefore'), issued ?? null];
  const ends = [
    readMoment(data, 'NotOnOrAfter') ?? null,
    readMoment(conditions, 'NotOnOrAfter'),
    issued && issued + LONGEST_AGE,
    ...sessionEnds,
  ];
  // null: present but not a time, or required and missing.
  const early = begins.some((moment) => moment === null || (moment !== undefined && now + CLOCK_SKEW < moment));
  const late = ends.some((moment) => moment === null || (moment !== undefined && now - CLOCK_SKEW >= moment));
  return {
    name: 'times',
    reason: late ? 'expired' : early ? 'not-yet' : undefined,
    detail: {
      issued: attribute(assertion, 'IssueInstant') ?? '',
      notBefore: attribute(conditions, 'NotBefore') ?? '',
      notOnOrAfter: attribute(data, 'NotOnOrAfter') ?? attribute(conditions, 'NotOnOrAfter') ?? '',
      now: new Date(now).toISOString(),
      skew: issued ? String(Math.round((issued - now) / 1000)) : '',
    },
  };
}

/** Returns a time attribute in milliseconds; undefined if missing, null if not a valid time. */
export function readMoment(element: Element | undefined, name: string) {
  const text = attribute(element, name);
  if (text === undefined) return undefined;
  const moment = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? null : moment;
}

/** SAML requires UTC; some providers write an offset. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;
