import { connect } from 'node:net';
import { InvalidEnv } from '@/lib/environment/invalid-env';
import { seconds } from '@/lib/time';

/**
 * The database cannot be reached or does not accept connections: a service that is down, not a
 * setting to fix.
 */
export class DatabaseUnreachable extends InvalidEnv {}

export type UrlVariable = 'DATABASE_URL' | 'DATABASE_OWNER_URL';

/** Returns the setting that a failed connection or statement speaks of; anything else as it is. */
export async function connectionProblem(variable: UrlVariable, url: string, error: unknown): Promise<unknown> {
  const problem = problemOf(variable, error);
  // The driver starts TLS all the same, and then reports a connection that was cut off.
  if (!(problem instanceof InvalidEnv) || !requiresTls(url) || !(await refusesTls(url))) return problem;
  return new InvalidEnv(
    variable,
    'the server does not offer TLS, which sslmode requires; turn on TLS at the server, or remove sslmode if the network is trusted',
  );
}

function problemOf(variable: UrlVariable, error: unknown): unknown {
  if (error instanceof InvalidEnv || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (UNREACHABLE.test(code))
    return new DatabaseUnreachable(variable, `the database does not answer (${code}); start it or fix the address`);
  if (code === '28000')
    return new InvalidEnv(variable, `the database refused the connection (28000): ${error.message}`);
  if (/^28/.test(code)) return new InvalidEnv(variable, `the database refused this role or password (${code})`);
  if (/^3D/.test(code)) return new InvalidEnv(variable, `the server has no such database (${code})`);
  if (code === '42501') return new InvalidEnv(variable, `the role lacks a permission: ${error.message}`);
  if (code === '25006') return new InvalidEnv(variable, 'this is a read-only replica; use the primary server');
  if (/^(53|57|58|XX)/.test(code))
    return new DatabaseUnreachable(variable, `the database cannot work at the moment (${code}): ${error.message}`);
  if (/^(42704|22023|08P01|0A000|ERR_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_|HOSTNAME_|INVALID_|EPROTO)/.test(code))
    return new InvalidEnv(variable, `the connection failed (${code}): ${error.message}`);
  return error;
}

const UNREACHABLE =
  /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EADDRNOTAVAIL|EACCES|EPERM|ENOENT|08|57P0)(?!P01)/;

function requiresTls(url: string) {
  const { searchParams } = new URL(url);
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl');
  return mode !== null && !/^(disable|allow|prefer|false|0|)$/.test(mode);
}

/** An SSLRequest of the Postgres protocol: its length and its code. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Returns whether a Postgres server answers there that it has no TLS. */
function refusesTls(url: string) {
  const { hostname, port } = new URL(url);
  return new Promise<boolean>((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 5432),
      timeout: seconds(5),
    });
    const end = (refuses: boolean) => {
      socket.destroy();
      resolve(refuses);
    };
    socket
      .once('connect', () => socket.write(TLS_REQUEST))
      .once('data', (answer) => end(answer.toString('latin1') === 'N'))
      .once('timeout', () => end(false))
      .once('close', () => end(false))
      .once('error', () => end(false));
  });
}
