import { isDatabaseUp } from '@/db';
import { isWorkerAlive } from '@/lib/worker';

/** Live: the process answers. Ready: database and worker do too. */
export async function GET(request: Request) {
  if (new URL(request.url).searchParams.has('live')) return Response.json({ live: true });
  const database = await isDatabaseUp();
  const worker = isWorkerAlive();
  return Response.json(
    { live: true, ready: database && worker, database, worker },
    { status: database && worker ? 200 : 503 },
  );
}
