import { csvLine } from '@/lib/csv';
import { requireUser } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';
import { FIELDS, TEMPLATE } from '@/lib/users/import/columns';

/** Downloads a template with two users as an example. */
export async function GET() {
  await requireUser('users');
  return downloadOf(lines(), 'users.csv', 'text/csv; charset=utf-8');
}

async function* lines() {
  yield `\ufeff${csvLine(FIELDS.map((field) => TEMPLATE[field]))}`;
  yield csvLine(['dana.reyes', '201', 'Dana', 'Reyes', 'dana.reyes@example.com', 'administrator', 'en']);
  yield csvLine(['camille.cote', '202', 'Camille', 'Côté', '', 'agent', 'fr']);
}
