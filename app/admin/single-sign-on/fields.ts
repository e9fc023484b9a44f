import { z } from 'zod';
import { upload } from '@/lib/request/upload';
import { LARGEST_METADATA } from '@/lib/sso/saml/metadata';

/** Fields of the connection forms. A checkbox that is not checked sends nothing. */

const filled = (most: number) => z.string().trim().min(1).max(most);
const ticked = z
  .string()
  .optional()
  .transform((value) => value === 'on');
const day = z
  .union([z.literal(''), z.iso.date()])
  .optional()
  .transform((text) => (text ? new Date(`${text}T00:00:00Z`) : null));

const shared = {
  label: filled(60),
  logout: ticked,
  createUsers: ticked,
  createRole: z.enum(['agent', 'administrator']),
  emailDomains: z.string().trim().max(4000).default(''),
};

export const oidcFields = {
  ...shared,
  issuer: filled(1024),
  clientId: filled(400),
  ends: day,
  scopes: filled(400),
  tokenAuth: z.enum(['client_secret_basic', 'client_secret_post']),
  entraTenant: z.string().trim().max(60),
  trustsAddresses: ticked,
};

export const samlFields = {
  ...shared,
  metadataUrl: z.string().trim().max(1024),
  metadataFile: upload(),
  metadata: z.string().max(LARGEST_METADATA),
  emailAttribute: z.string().trim().max(400),
  responseSigned: ticked,
  idpInitiated: ticked,
};
