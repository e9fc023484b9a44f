import type { Entitlement } from '@/db/schema/tenants';
import type { Locale } from '@/lib/language/locale';
import type { Policy } from '@/lib/policies/policy';
import type { NewUser } from '@/lib/users/users';

export type SeedTenant = {
  accountId: string;
  name: string;
  locale: Locale;
  timeZone: string;
  entitlements: Entitlement[];
  policy: Partial<Policy>;
  users: (NewUser & { password: string })[];
  /** The users that the start prints, with the reason to sign in as each. */
  shown: { username: string; note: string }[];
};

/**
 * In every one: an administrator, agents, one disabled, one without e-mail, two with the same
 * e-mail.
 */
export const SEED_TENANTS: SeedTenant[] = [
  {
    accountId: 'wickedsprockets',
    name: 'Wicked Sprockets',
    locale: 'en',
    timeZone: 'America/Toronto',
    entitlements: ['security-policies', 'single-sign-on', 'phone'],
    policy: { secondFactor: 'optional', resetStyle: 'link' },
    users: demoUsers('wickedsprockets.example', 'copper kettle', [
      ['dana', '201', 'Dana', 'Reyes', 'administrator'],
      ['milo', '202', 'Milo', 'Tanaka'],
      ['ines', '203', 'Inès', 'Moreau'],
      ['omar', '204', 'Omar', 'Haddad'],
      ['grace', '205', 'Grace', 'Okafor'],
      ['tomas', '206', 'Tomás', 'Vega'],
      ['ruth', '207', 'Ruth', 'Abrams', 'agent', { email: null }],
      ['piotr', '208', 'Piotr', 'Nowak', 'agent', { status: 'disabled' }],
      ['lena', '209', 'Lena', 'Fischer', 'agent', { email: 'frontdesk@wickedsprockets.example' }],
      ['kofi', '210', 'Kofi', 'Mensah', 'agent', { email: 'frontdesk@wickedsprockets.example' }],
      ['sara', '211', 'Sara', 'Lindqvist'],
      ['yuki', '212', 'Yuki', 'Mori'],
    ]),
    shown: [
      { username: 'dana', note: 'administrator' },
      { username: '202', note: 'agent (Milo), by extension' },
      { username: 'ruth', note: 'agent without e-mail' },
    ],
  },
  {
    accountId: 'BTSA-NJ-K16',
    name: 'BTSA',
    locale: 'en',
    timeZone: 'America/New_York',
    entitlements: ['security-policies', 'single-sign-on'],
    policy: { secondFactor: 'required', resetStyle: 'temporary' },
    users: demoUsers('btsa.example', 'harbour lantern', [
      ['morgan', '101', 'Morgan', 'Ellis', 'administrator'],
      ['priya', '102', 'Priya', 'Raman'],
      ['jack', '103', 'Jack', 'Doyle', 'agent', { email: null }],
      ['nadia', '104', 'Nadia', 'Petrova', 'agent', { status: 'disabled' }],
      ['luis', '105', 'Luis', 'Ortega', 'agent', { email: 'floor2@btsa.example' }],
      ['amy', '106', 'Amy', 'Chen', 'agent', { email: 'floor2@btsa.example' }],
    ]),
    shown: [
      { username: 'morgan', note: 'administrator, second factor required' },
      { username: '102', note: 'agent (Priya), temporary-password resets' },
    ],
  },
  {
    accountId: 'nordique',
    name: 'Nordique Télécom',
    locale: 'fr',
    timeZone: 'America/Toronto',
    entitlements: [],
    policy: { secondFactor: 'optional', resetStyle: 'link' },
    users: demoUsers('nordique.example', 'érable tranquille', [
      ['camille', '301', 'Camille', 'Gagnon', 'administrator'],
      ['etienne', '302', 'Étienne', 'Bouchard'],
      ['noemie', '303', 'Noémie', 'Côté', 'agent', { email: null }],
      ['marc', '304', 'Marc', 'Lavoie', 'agent', { status: 'disabled' }],
      ['julie', '305', 'Julie', 'Roy', 'agent', { email: 'accueil@nordique.example' }],
      ['paul', '306', 'Paul', 'Pelletier', 'agent', { email: 'accueil@nordique.example' }],
    ]),
    shown: [
      { username: 'camille', note: 'administrator, French, without Security Policies' },
      { username: '302', note: 'agent (Étienne)' },
    ],
  },
];

type DemoUser = [
  username: string,
  extension: string,
  firstName: string,
  lastName: string,
  role?: 'agent' | 'administrator',
  more?: Partial<NewUser>,
];

/**
 * Everybody of a demonstration tenant has the same few words as password, and the extension behind
 * them.
 */
function demoUsers(domain: string, words: string, list: DemoUser[]) {
  return list.map(([username, extension, firstName, lastName, role = 'agent', more = {}]) => ({
    username,
    extension,
    firstName,
    lastName,
    role,
    email: `${username}@${domain}`,
    password: `${words} ${extension}`,
    ...more,
  }));
}
