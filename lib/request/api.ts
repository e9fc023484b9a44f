import { isUnavailable } from '@/lib/result';

/** Returns a route's response, or 503 if the database does not answer. */
export async function withDatabase(answer: () => Promise<Response>) {
  try {
    return await answer();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return Response.json({ error: 'unavailable' }, { status: 503, headers: { 'retry-after': '5' } });
  }
}
