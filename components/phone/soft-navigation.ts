type Router = { push: (path: string) => void; refresh: () => void };

/** The result of a server action that changes nothing, as Next sends it. */
const EMPTY_ACTION_RESULT = '0:{"a":{"status":"idle"}}\n';

/** Addresses that are no pages: downloads, API routes, and redirects to an identity provider. */
const NOT_A_PAGE = /^\/(api|_next|sso|dev|branding\/logo)(\/|$)|\/(export|slips?|template)(\/|\.|$)/;

/**
 * Opens links and search forms of the portal inside this document, so that the phone keeps running.
 * Returns the function that stops it.
 */
export function navigateSoftly(router: Router, isCalling: () => boolean) {
  const go = async (event: Event, url: URL) => {
    event.preventDefault();
    // During a call a signed-out user stays on this page, which asks to sign in again.
    if (isCalling() && !(await isSignedIn())) return;
    router.push(url.pathname + url.search + url.hash);
  };

  function click(event: MouseEvent) {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download')) return;
    if (link.target && link.target !== '_self') return;
    const url = new URL(link.href);
    const isActiveTab = url.pathname === location.pathname && url.search === location.search;
    if (url.origin !== location.origin || NOT_A_PAGE.test(url.pathname) || (isActiveTab && url.hash)) return;
    void go(event, url);
  }

  function submit(event: SubmitEvent) {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== 'get' || form.target) return;
    const url = new URL(form.action);
    if (url.origin !== location.origin || NOT_A_PAGE.test(url.pathname)) return;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter))
      if (typeof value === 'string') fields.append(name, value);
    url.search = fields.toString();
    void go(event, url);
  }

  document.addEventListener('click', click);
  document.addEventListener('submit', submit);
  const restoreFetch = interceptActionRedirects(router);
  return () => {
    document.removeEventListener('click', click);
    document.removeEventListener('submit', submit);
    restoreFetch();
  };
}

/**
 * After an action that redirects, Next loads a new document, because our front sends no page with
 * the redirect. This reports an empty result instead, and opens the target as a link would.
 */
function interceptActionRedirects(router: Router) {
  const { fetch } = window;
  const intercept: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const redirect = response.headers.get('x-action-redirect')?.split(';')[0];
    if (!redirect || !new Headers(init?.headers).has('next-action')) return response;
    const url = new URL(redirect, location.href);
    const isPortal = url.origin === location.origin && !/^\/(sign-in|signed-out|sso)(\/|$)/.test(url.pathname);
    if (!isPortal || response.headers.get('content-type')?.startsWith('text/x-component')) return response;
    const isActiveTab = url.pathname === location.pathname && url.search === location.search;
    // After the response: a pending action would block the navigation.
    setTimeout(() => (isActiveTab ? router.refresh() : router.push(url.pathname + url.search + url.hash)));
    return new Response(EMPTY_ACTION_RESULT, { headers: { 'content-type': 'text/x-component' } });
  };
  window.fetch = intercept;
  return () => {
    if (window.fetch === intercept) window.fetch = fetch;
  };
}

async function isSignedIn() {
  try {
    const response = await fetch('/api/session', { cache: 'no-store' });
    const { live, why } = response.ok
      ? ((await response.json()) as { live: boolean; why?: string })
      : { live: true, why: '' };
    if (live) return true;
    dispatchEvent(new CustomEvent('gatehouse:leave', { detail: why ?? 'ended', cancelable: true }));
    return false;
  } catch {
    return true;
  }
}
