import { isDatabaseUp } from '@/db';
import { isSkewed, lastReading, toSeconds } from '@/lib/clock-skew';
import { isWorkerAlive } from '@/lib/jobs/worker';

/**
 * Live: the process answers. Ready: database and worker do too. A wrong clock is shown and stays
 * ready.
 */
export async function GET(request: Request) {
  if (new URL(request.url).searchParams.has('live')) return Response.json({ live: true });
  const database = await isDatabaseUp();
  const worker = isWorkerAlive();
  return Response.json(
    { live: true, ready: database && worker, database, worker, ...clock() },
    { status: database && worker ? 200 : 503 },
  );
}

/** Whether our clock agrees with the database's; null before they were first compared. */
function clock() {
  const reading = lastReading();
  return { clock: reading ? !isSkewed(reading) : null, clockSkewSeconds: reading ? toSeconds(reading.skew) : null };
}
