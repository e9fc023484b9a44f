import { isUnavailable } from '@/lib/result';

/** Promises the answer of a route, or 503 where the database has none. */
export async function withDatabase(answer: () => Promise<Response>) {
  try {
    return await answer();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { 'retry-after': '5' } });
  }
}
