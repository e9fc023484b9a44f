/**
 * Returns the database's address for the job queue. Its driver checks the certificate under
 * `sslmode=require` unless told to follow libpq, as ours does.
 */
export function queueUrl(databaseUrl: string) {
  const url = new URL(databaseUrl);
  if (url.searchParams.get('sslmode') === 'require') url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}
