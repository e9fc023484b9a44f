const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'this is a folder',
  ENOTDIR: 'a part of this path is not a folder',
  EEXIST: 'this exists already',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'this name is too long',
  ELOOP: 'these links lead in a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk cannot be read',
};

/**
 * Returns in words why a file or folder could not be used, or undefined where the error is no
 * file's.
 */
export function fileProblem(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? fileReason(String(error.code)) : undefined;
}

/** Returns the words for a system error code, such as EACCES. */
export function fileReason(code: string): string | undefined {
  return REASONS[code];
}
