import { InvalidEnv } from '@/lib/invalid-env';

/**
 * The database cannot be reached or does not accept connections: a service that is down, not a
 * setting to fix.
 */
export class DatabaseUnreachable extends InvalidEnv {}

export type UrlVariable = 'DATABASE_URL' | 'DATABASE_OWNER_URL';

/** Returns the setting that a failed connection or statement speaks of; anything else as it is. */
export function connectionProblem(variable: UrlVariable, error: unknown): unknown {
  if (error instanceof InvalidEnv || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (UNREACHABLE.test(code))
    return new DatabaseUnreachable(variable, `the database does not answer (${code}); start it or fix the address`);
  if (/^28/.test(code)) return new InvalidEnv(variable, `the database refused this role or password (${code})`);
  if (/^3D/.test(code)) return new InvalidEnv(variable, `the server has no such database (${code})`);
  if (code === '42501') return new InvalidEnv(variable, `the role lacks a permission: ${error.message}`);
  if (code === '25006') return new InvalidEnv(variable, 'this is a read-only replica; use the primary server');
  if (/^(53|57|58|XX)/.test(code))
    return new DatabaseUnreachable(variable, `the database cannot work at the moment (${code}): ${error.message}`);
  if (/^(42704|22023|08P01|0A000|ERR_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_)/.test(code))
    return new InvalidEnv(variable, `the connection failed (${code}): ${error.message}`);
  return error;
}

const UNREACHABLE =
  /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EADDRNOTAVAIL|EACCES|EPERM|ENOENT|08|57P0)(?!P01)/;
