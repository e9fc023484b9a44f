import { expect, test } from 'vitest';
import { refusal } from '@/bin/refusal';

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

test('a bug is no refusal', () => {
  expect(refusal(new TypeError('x is not a function'))).toBeUndefined();
  expect(refusal('text')).toBeUndefined();
});
