import { expect, test } from 'vitest';
import { refusal } from '@/bin/refusal';
import { Unavailable } from '@/lib/result';

function failed(code: string, more: object) {
  return Object.assign(new Error(code), { code, ...more });
}

test.each([
  [
    'EADDRINUSE',
    { syscall: 'listen', address: '::', port: 3000 },
    'PORT: 3000 is in use; stop the other program or set PORT to another number',
  ],
  [
    'EADDRINUSE',
    { syscall: 'listen', address: '127.0.0.1', port: 3000 },
    'PORT: 3000 on 127.0.0.1 is in use; stop the other program or set PORT to another number',
  ],
  [
    'EACCES',
    { syscall: 'listen', address: '::', port: 80 },
    'PORT: 80 may not be opened by this user; set PORT to 1024 or higher, with a proxy in front',
  ],
  ['EACCES', { syscall: 'open', path: '/etc/shadow' }, '/etc/shadow: permission denied'],
  ['EPERM', { syscall: 'chown', path: '/srv/data' }, '/srv/data: permission denied'],
  ['ENOSPC', { syscall: 'mkdir', path: '/srv/data' }, '/srv/data: no space is left on the disk'],
  ['ENOSPC', { syscall: 'write' }, 'a file cannot be used: no space is left on the disk'],
  ['EROFS', { syscall: 'mkdir', path: '/srv/data' }, '/srv/data: the file system is read-only'],
])('a start that fails with %s (%j) says why in one line', (code, more, line) => {
  expect(refusal(failed(code, more))).toBe(line);
});

test.each([
  ['database', 'ECONNREFUSED', 'DATABASE_URL: the database does not answer (ECONNREFUSED)'],
  [
    'hashing',
    'deadline',
    'passwords could not be hashed in time (deadline); the processor is overloaded: start again when it is less busy',
  ],
  ['keys', 'k2', 'GATEHOUSE_SECRETS: has no key k2, which this database was used with; add that key'],
  ['mail', 'smtp', 'the mail server does not answer (smtp)'],
] as const)('a start that waits in vain for %s (%s) names that service', (service, code, line) => {
  expect(refusal(new Unavailable(service, code))).toBe(line);
});

test('a bug is no refusal', () => {
  expect(refusal(new TypeError('x is not a function'))).toBeUndefined();
  expect(refusal('text')).toBeUndefined();
});
