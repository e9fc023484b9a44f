const HOME = '/home';
const PHONE = '/phone';
const CONSOLE = '/operator';
const LONGEST = 512;
/** Data, files, and what leads to another site: a browser follows no form there. */
const NO_PAGES = /^\/(api|_next|sso)(\/|$)/;

/** Returns a path on this host to go back to, or Home. Pure. */
export function safePath(path: string | null | undefined) {
  return requestedPath(path) ?? HOME;
}

/** Returns a path of the operator console to go back to, or its first page. Pure. */
export function operatorPath(path: string | null | undefined) {
  const asked = requestedPath(path);
  return asked?.startsWith(CONSOLE) ? asked : CONSOLE;
}

/**
 * Returns where a signed-in user goes: the page they asked for, else Phone if they have one, else
 * Home. Pure.
 */
export function firstPath(path: string | null | undefined, hasPhone: boolean) {
  return requestedPath(path) ?? (hasPhone ? PHONE : HOME);
}

/** Returns the path that a query asks to go back to, or null, also if it is there twice. Pure. */
export function requestedPathIn(query: string) {
  const [asked, ...more] = new URLSearchParams(query).getAll('return_to');
  return more.length === 0 ? requestedPath(asked) : null;
}

/**
 * Returns a requested path on this host, or null: no other origin, scheme or control characters.
 * Pure.
 */
export function requestedPath(path: string | null | undefined) {
  if (!path || path.length > LONGEST || !/^\/(?![/\\])/.test(path)) return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(path) || /%(2f|5c|0[0-9a-f]|1[0-9a-f])/i.test(path.split('?', 1)[0] ?? ''))
    return null;
  try {
    decodeURIComponent(path);
    const url = new URL(path, 'http://here.invalid');
    if (url.origin !== 'http://here.invalid' || NO_PAGES.test(url.pathname)) return null;
    return url.pathname.startsWith('//') ? null : `${url.pathname}${url.search}`;
  } catch {
    return null;
  }
}
