import { z } from 'zod';
import { LOCALES } from '@/lib/language/locale';

const orNothing = (text: z.ZodString) => text.transform((value) => value || null);

/** The form of a user's details; lib/users validates them. */
export const userSchema = z.object({
  firstName: z.string().trim().min(1).max(80),
  lastName: z.string().trim().min(1).max(80),
  username: z.string().trim().toLowerCase().min(1).max(64),
  extension: orNothing(z.string().trim().max(10)),
  email: orNothing(z.string().trim().max(254)),
  locale: z.union([z.enum(LOCALES), z.literal('').transform(() => null)]),
});
