'use server';

import { z } from 'zod';
import { BRAND_LENGTHS } from '@/lib/branding/brand';
import { LARGEST_LOGO } from '@/lib/branding/logo';
import { saveBranding } from '@/lib/branding/settings';
import { version } from '@/lib/forms/version';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { upload } from '@/lib/request/upload';

const text = (most: number) => z.string().trim().max(most).default('');

const schema = z.object({
  nameEn: text(BRAND_LENGTHS.name),
  nameFr: text(BRAND_LENGTHS.name),
  supportEn: text(BRAND_LENGTHS.support),
  supportFr: text(BRAND_LENGTHS.support),
  noteEn: text(BRAND_LENGTHS.note),
  noteFr: text(BRAND_LENGTHS.note),
  colour: text(20),
  logo: upload(),
  removeLogo: z.literal('on').optional(),
  version,
});

export const save = userAction(
  schema,
  async ({ tenant, cause }, { logo, removeLogo, version, ...words }) => {
    const file = logo && Buffer.from(await logo.slice(0, LARGEST_LOGO + 1).arrayBuffer());
    const input = { ...words, logo: file ?? (removeLogo ? ('remove' as const) : ('keep' as const)) };
    const result = await saveBranding(tenant, input, cause, version);
    if (!result.ok) return result;
    return doneState('branding.saved');
  },
  'branding',
);
