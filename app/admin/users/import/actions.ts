'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { upload } from '@/lib/request/upload';
import { ENCODINGS } from '@/lib/users/import/encodings';
import { FIRST_LINES } from '@/lib/users/import/read';
import { uploadFile } from '@/lib/users/import/upload';

export const uploadUsers = userAction(
  z.object({
    file: upload(),
    encoding: z.enum(['auto', ...ENCODINGS]).default('auto'),
    firstLine: z.enum(FIRST_LINES).default('auto'),
  }),
  async ({ tenant, cause }, { file, encoding, firstLine }) => {
    const bytes = file ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
    const uploaded = await uploadFile(
      tenant,
      { name: file?.name ?? '', bytes, encoding: encoding === 'auto' ? undefined : encoding, firstLine },
      cause,
    );
    if (!uploaded.ok) return uploaded;
    const found = uploaded.encoding === 'utf-8' ? '' : `?encoding=${uploaded.encoding}`;
    redirect(`/admin/users/import/${uploaded.id}${found}`);
  },
  'users',
);
