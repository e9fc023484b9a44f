import { findUsersNamed } from '@/lib/audit/names';
import { readId } from '@/lib/ids';
import { plainText } from '@/lib/text';

/** The user of a search: one, or several that match. */
export type AuditSubject = { text: string; id?: string; candidates: { id: string; name: string; username: string }[] };

/** Returns the user for an id or a text; undefined if there is neither. */
export async function findSubject(
  chain: string,
  asked: string | string[] | undefined,
): Promise<AuditSubject | undefined> {
  const text = typeof asked === 'string' ? plainText(asked, 200).trim() : '';
  if (!text) return undefined;
  const id = readId(text);
  if (id) return { text, id, candidates: [] };
  const candidates = await findUsersNamed(chain, text);
  return { text, id: candidates.length === 1 ? candidates[0]?.id : undefined, candidates };
}
