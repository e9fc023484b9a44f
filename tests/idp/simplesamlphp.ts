import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diesWithUs } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';
import { type SamlKeys, samlKeys } from '@/tests/support/saml-answers';

const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP';

export type SimpleSaml = Awaited<ReturnType<typeof startSimpleSaml>>;

/** Somebody at the provider: the password is the name with "pass" behind it. */
export type SimpleSamlPerson = { name: string; email: string };

type Settings = {
  name: string;
  baseUrl: string;
  entityId: string;
  users: Record<string, Record<string, string[]>>;
  idp: Record<string, unknown>;
  sps: Record<string, Record<string, unknown>>;
};

/**
 * Returns a running SimpleSAMLphp: an identity provider that nobody here wrote. `change` edits its
 * settings while it runs.
 */
export async function startSimpleSaml(name: string, people: SimpleSamlPerson[]) {
  const directory = mkdtempSync(path.join(tmpdir(), `simplesamlphp-${name}-`));
  const file = path.join(directory, 'idp.json');
  const keys = { idp: await samlKeys(), 'idp-new': await samlKeys() };
  mkdirSync(path.join(directory, 'cert'));
  for (const [key, pair] of Object.entries(keys)) writeKeys(directory, key, pair);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings: Settings = {
    name: `${name}${port}`,
    baseUrl: `${url}/`,
    entityId: `${url}/saml2/idp/metadata.php`,
    users: Object.fromEntries(
      people.map((person) => [
        `${person.name}:${person.name}pass`,
        { uid: [person.name], mail: [person.email], givenName: ['Robin'], sn: ['Achterberg'] },
      ]),
    ),
    idp: {
      host: '__DEFAULT__',
      auth: 'test-userpass',
      privatekey: 'idp.pem',
      certificate: 'idp.crt',
      'signature.algorithm': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      NameIDFormat: EMAIL_FORMAT,
      'attributes.NameFormat': 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    },
    sps: {},
  };
  const save = () => writeFileSync(file, JSON.stringify(settings));
  save();
  let running = await run(directory, port);

  return {
    url,
    metadataUrl: `${url}/saml2/idp/metadata.php`,
    metadata: async () => (await fetch(`${url}/saml2/idp/metadata.php`)).text(),
    /** Its own addresses for what begins there. */
    startAt: (entityId: string, relayState: string) =>
      `${url}/saml2/idp/SSOService.php?${new URLSearchParams({ spentityid: entityId, RelayState: relayState })}`,
    logoutAt: `${url}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${url}/saml2/idp/metadata.php?output=xhtml`)}`,
    /** Makes this client known, by its own metadata. */
    trust(clientMetadata: string, more: Record<string, unknown> = {}) {
      const named = (pattern: RegExp) => pattern.exec(clientMetadata)?.[1] ?? '';
      const entityId = named(/entityID="([^"]+)"/);
      writeFileSync(path.join(directory, 'cert', 'sp.crt'), pemOf(named(/X509Certificate>([^<]+)</)));
      settings.sps[entityId] = {
        AssertionConsumerService: [
          { Location: named(/AssertionConsumerService[^>]+Location="([^"]+)"/), Binding: `${BINDING}-POST`, index: 0 },
        ],
        SingleLogoutService: [
          { Location: named(/SingleLogoutService[^>]+Location="([^"]+)"/), Binding: `${BINDING}-Redirect` },
        ],
        NameIDFormat: EMAIL_FORMAT,
        'simplesaml.nameidattribute': 'mail',
        certificate: 'sp.crt',
        'validate.authnrequest': true,
        'validate.logout': true,
        'sign.logout': true,
        'saml20.sign.response': true,
        'saml20.sign.assertion': true,
        ...more,
      };
      save();
      return entityId;
    },
    change(edit: (settings: Settings) => void) {
      edit(settings);
      save();
    },
    async stop() {
      await running.stop();
    },
    async startAgain() {
      running = await run(directory, port);
    },
    async remove() {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    log: () => readFileSync(path.join(directory, 'log', 'ssp.log'), 'utf8'),
  };
}

async function run(directory: string, port: number) {
  const child = spawn('bash', [path.resolve('tests/idp/start-simplesamlphp.sh')], {
    env: { ...process.env, RUN_DIR: directory, IDP_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const release = diesWithUs(child);
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    child.emit('printed');
  });
  const gone = once(child, 'close').then(release);
  const died = gone.then(() => {
    throw new Error(`SimpleSAMLphp did not start:\n${printed.slice(-2000)}`);
  });
  died.catch(() => undefined);
  while (!/Development Server .* started/.test(printed)) await Promise.race([once(child, 'printed'), died]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function writeKeys(directory: string, name: string, { privateKey, certificate }: SamlKeys) {
  writeFileSync(path.join(directory, 'cert', `${name}.pem`), privateKey);
  writeFileSync(path.join(directory, 'cert', `${name}.crt`), certificate.pem);
}

function pemOf(base64: string) {
  return `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}
