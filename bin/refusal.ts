import { EmbeddedRefused } from '@/db/embedded/refused';
import { fileProblem } from '@/lib/environment/file-problem';
import { InvalidEnv } from '@/lib/environment/invalid-env';
import { isUnavailable, type Unavailable } from '@/lib/result';

/**
 * Returns the one line that says why the server cannot start, or undefined where the error is a
 * bug.
 */
export function refusal(error: unknown): string | undefined {
  if (error instanceof InvalidEnv || error instanceof EmbeddedRefused) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (isUnavailable(error)) return outage(error);
  const { code, syscall, path, address, port } = error as Partial<NodeJS.ErrnoException> & {
    address?: string;
    port?: number;
  };
  if (syscall === 'listen' || syscall === 'bind') return listenProblem(code, address, port);
  const problem = fileProblem(error);
  if (!problem || !syscall) return undefined;
  return path ? `${path}: ${problem}` : `a file cannot be used: ${problem}`;
}

function outage({ service, code }: Unavailable) {
  switch (service) {
    case 'database':
      return `DATABASE_URL: the database does not answer (${code})`;
    case 'hashing':
      return `passwords could not be hashed in time (${code}); the processor is overloaded: start again when it is less busy`;
    case 'keys':
      return `GATEHOUSE_SECRETS: has no key ${code}, which this database was used with; add that key`;
    case 'mail':
      return `the mail server does not answer (${code})`;
  }
}

function listenProblem(code = 'unknown', address = '', port = Number(process.env.PORT)) {
  const place = address && address !== '::' ? `${port} on ${address}` : `${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `PORT: ${place} is in use; stop the other program or set PORT to another number`;
    case 'EACCES':
    case 'EPERM':
      return `PORT: ${place} may not be opened by this user; set PORT to 1024 or higher, with a proxy in front`;
    default:
      return `PORT: ${place} cannot be opened (${code})`;
  }
}
