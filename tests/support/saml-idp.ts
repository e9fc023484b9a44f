import { createSign, createVerify, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type AnswerText, answerXml, encoded, encrypted, newId, samlKeys, signed } from '@/tests/support/saml-answers';

/** Somebody whom the provider knows; the page asks for the name alone. */
export type IdpPerson = {
  name: string;
  nameId: string;
  emails?: string[];
  format?: string;
  authnContext?: string;
};

/**
 * Who sends requests: read from their metadata, where a test gives it; others are answered without
 * their signature being looked at.
 */
type Client = { certificate: string; logout: string };

export type IdpRequest = { id: string; issuer: string; acs: string; destination: string; relayState: string | null };

export type SamlIdp = Awaited<ReturnType<typeof startSamlIdp>>;

/**
 * A small SAML identity provider on loopback that signs what it says: for tests without a browser
 * through `answerTo`, and with a page of its own for Chromium. `knobs` change how it behaves from
 * the next message on.
 */
export async function startSamlIdp(people: IdpPerson[] = []) {
  const [keys, nextKeys] = await Promise.all([samlKeys(), samlKeys()]);
  const clients = new Map<string, Client>();
  const sessions = new Map<string, { person: IdpPerson; index: string; client: string }>();
  const knobs = {
    /** Which key signs, and which the metadata list. */
    signWith: 'first' as 'first' | 'next',
    listed: ['first'] as ('first' | 'next')[],
    signResponse: false,
    encrypt: false,
    entityId: '',
    /**
     * What the metadata address answers: the metadata, an error, nothing at all, or something else.
     */
    metadata: 'right' as 'right' | 'error' | 'hangs' | string,
    /** How answers differ from right ones. */
    text: {} as Partial<AnswerText>,
  };
  const signingKeys = () => (knobs.signWith === 'first' ? keys : nextKeys);
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cookie = `idp${(server.address() as AddressInfo).port}`;
  knobs.entityId = `${url}/metadata`;

  /**
   * Returns the form that answers a request, for this person: what a browser would post, and
   * where.
   */
  async function answer(
    person: IdpPerson,
    to: Pick<IdpRequest, 'acs' | 'issuer' | 'relayState'> & { id: string | null },
  ) {
    const index = newId();
    const text: AnswerText = {
      issuer: knobs.entityId,
      acs: to.acs,
      entityId: to.issuer,
      requestId: to.id,
      nameId: person.nameId,
      format: person.format,
      emails: person.emails,
      authnContext: person.authnContext,
      sessionIndex: index,
      ...knobs.text,
    };
    let xml = signed(answerXml(text), signingKeys());
    const certificate = clients.get(to.issuer)?.certificate;
    if (knobs.encrypt) {
      if (!certificate) throw new Error('trust() the client first: its certificate is not known');
      xml = await encrypted(xml, { certificate: { pem: pemOf(certificate), notAfter: '', fingerprint: '' } });
    }
    if (knobs.signResponse) xml = signed(xml, signingKeys(), 'Response');
    const fields = { SAMLResponse: encoded(xml), ...(to.relayState ? { RelayState: to.relayState } : {}) };
    return { acs: to.acs, fields, xml, index };
  }

  /**
   * Reads a request of the redirect binding, and throws where its sender is known and did not sign
   * it.
   */
  function readRequest(address: string | URL): IdpRequest & { xml: string } {
    const { search, searchParams } = new URL(address);
    const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8');
    const named = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? '';
    const issuer = /<saml:Issuer[^>]*>([^<]+)</.exec(xml)?.[1] ?? '';
    const client = clients.get(issuer);
    if (client && !isSigned(search, client.certificate)) throw new Error('the request is not signed by its sender');
    const relayState = searchParams.get('RelayState');
    return {
      xml,
      id: named('ID'),
      issuer,
      acs: named('AssertionConsumerServiceURL'),
      destination: named('Destination'),
      relayState,
    };
  }

  /**
   * Returns the address that carries a message of the provider's own by redirect, signed unless
   * told otherwise.
   */
  function redirectWith(
    kind: 'SAMLRequest' | 'SAMLResponse',
    to: string,
    xml: string,
    { relayState, sign = true }: { relayState?: string | null; sign?: boolean } = {},
  ) {
    const parts = [`${kind}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`];
    if (relayState) parts.push(`RelayState=${encodeURIComponent(relayState)}`);
    parts.push(`SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`);
    const query = parts.join('&');
    const signature = createSign('RSA-SHA256').update(query).sign(signingKeys().privateKey, 'base64');
    return `${to}?${query}${sign ? `&Signature=${encodeURIComponent(signature)}` : ''}`;
  }

  /** Returns the XML of a request to sign somebody out. */
  function logoutRequestXml(
    destination: string,
    {
      nameId,
      index,
      issuedIn = 0,
      issuer = knobs.entityId,
      id = newId(),
    }: { nameId: string; index?: string; issuedIn?: number; issuer?: string; id?: string },
  ) {
    const session = index ? `<samlp:SessionIndex>${index}</samlp:SessionIndex>` : '';
    return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${new Date(Date.now() + issuedIn * 1000).toISOString()}" Destination="${destination}"><saml:Issuer>${issuer}</saml:Issuer><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${nameId}</saml:NameID>${session}</samlp:LogoutRequest>`;
  }

  function logoutResponseXml(destination: string, inResponseTo: string, status = 'Success') {
    return `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${destination}" InResponseTo="${inResponseTo}"><saml:Issuer>${knobs.entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status></samlp:LogoutResponse>`;
  }

  function metadata() {
    const certificates = knobs.listed.map((which) => (which === 'first' ? keys : nextKeys).certificate.pem);
    const descriptors = certificates
      .map(
        (pem) =>
          `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${pem.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
      )
      .join('');
    const service = (name: string, path: string) =>
      `<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${url}${path}"/>`;
    return `<?xml version="1.0" encoding="UTF-8"?><!-- of the tests --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${knobs.entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors}${service('SingleLogoutService', '/logout')}${service('SingleSignOnService', '/sso')}</md:IDPSSODescriptor></md:EntityDescriptor>`;
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const address = new URL(request.url ?? '/', url);
    if (address.pathname === '/metadata') return serveMetadata(response);
    if (address.pathname === '/logout') return serveLogout(address, request, response);
    const session = sessions.get(cookieOf(request, cookie) ?? '');
    if (address.pathname === '/apps') return servePortal(address, session?.person, response);
    if (address.pathname !== '/sso') return void response.writeHead(404).end('nothing here');
    const name = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)).get('username') : null;
    const person = name === null ? session?.person : people.find((one) => one.name === name);
    if (!person) return page(response, signInPage(name !== null));
    const asked = readRequest(address);
    const { acs, fields, index } = await answer(person, asked);
    const token = randomBytes(16).toString('hex');
    sessions.set(token, { person, index, client: asked.issuer });
    response.setHeader('set-cookie', `${cookie}=${token}; Path=/; HttpOnly; SameSite=Lax`);
    page(response, postingPage(acs, fields));
  }

  function serveMetadata(response: ServerResponse) {
    if (knobs.metadata === 'hangs') return;
    if (knobs.metadata === 'error') return void response.writeHead(503).end('down');
    response.setHeader('content-type', 'application/samlmetadata+xml');
    response.end(knobs.metadata === 'right' ? metadata() : knobs.metadata);
  }

  /** The provider's own page of applications: it posts an answer that nobody has asked for. */
  async function servePortal(address: URL, person: IdpPerson | undefined, response: ServerResponse) {
    const [acs, issuer] = [address.searchParams.get('acs') ?? '', address.searchParams.get('issuer') ?? ''];
    const who = person ?? people[0];
    if (!who) return void response.writeHead(404).end();
    const { fields } = await answer(who, { acs, issuer, id: null, relayState: address.searchParams.get('RelayState') });
    page(response, postingPage(acs, fields));
  }

  function serveLogout(address: URL, request: IncomingMessage, response: ServerResponse) {
    response.setHeader('set-cookie', `${cookie}=; Path=/; Max-Age=0`);
    if (address.searchParams.has('SAMLResponse')) return page(response, '<h1>Signed out everywhere</h1>');
    const asked = readRequest(address);
    sessions.delete(cookieOf(request, cookie) ?? '');
    const to = clients.get(asked.issuer)?.logout ?? asked.issuer.replace(/metadata$/, 'logout');
    const xml = logoutResponseXml(to, asked.id);
    response
      .writeHead(302, { location: redirectWith('SAMLResponse', to, xml, { relayState: asked.relayState }) })
      .end();
  }

  return {
    url,
    keys,
    nextKeys,
    knobs,
    people,
    get entityId() {
      return knobs.entityId;
    },
    metadataUrl: `${url}/metadata`,
    signOnUrl: `${url}/sso`,
    logoutUrl: `${url}/logout`,
    metadata,
    readRequest,
    redirectWith,
    logoutRequestXml,
    logoutResponseXml,
    answer,
    /** Returns the form that answers the request in this address. */
    answerTo: (address: string, person: IdpPerson) => answer(person, readRequest(address)),
    /** From here on it knows this client, checks its signatures and can encrypt to it. */
    trust(clientMetadata: string) {
      const entityId = /entityID="([^"]+)"/.exec(clientMetadata)?.[1] ?? '';
      const certificate = /X509Certificate>([^<]+)</.exec(clientMetadata)?.[1] ?? '';
      const logout = /SingleLogoutService[^>]+Location="([^"]+)"/.exec(clientMetadata)?.[1] ?? '';
      clients.set(entityId, { certificate, logout });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSigned(search: string, certificate: string) {
  const [signed = '', signature = ''] = search.slice(1).split('&Signature=');
  return createVerify('RSA-SHA256').update(signed).verify(pemOf(certificate), decodeURIComponent(signature), 'base64');
}

function pemOf(base64: string) {
  return `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----`;
}

function page(response: ServerResponse, body: string) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><title>Identity provider of the tests</title>${body}</html>`);
}

function signInPage(failed: boolean) {
  return `<h1>Identity provider of the tests</h1>${failed ? '<p role="alert">Nobody here has this name.</p>' : ''}<form method="post"><label>Username <input name="username" autofocus></label> <button>Sign in</button></form>`;
}

function postingPage(action: string, fields: Record<string, string>) {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<form method="post" action="${action}">${inputs.join('')}<button>Continue</button></form><script>document.forms[0].submit()</script>`;
}

function cookieOf(request: IncomingMessage, name: string) {
  return new RegExp(`(?:^|; )${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
}

async function bodyOf(request: IncomingMessage) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
