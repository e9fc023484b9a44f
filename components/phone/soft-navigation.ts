type Router = { push: (path: string) => void; refresh: () => void };

/** An action's answer that changes nothing, as Next's own server would send it. */
const NOTHING_NEW = '0:{"a":{"status":"idle"}}\n';

/** What is no page: a file, an answer for a script, or a way out to a provider. */
const NO_PAGE = /^\/(api|_next|sso|dev|branding\/logo)(\/|$)|\/(export|slips?|template)(\/|\.|$)/;

/**
 * While the phone lives in this document, links and searches of the portal do not load another one: Next shows the next page
 * in this one. Promises how to stop it.
 */
export function goSoftly(router: Router, isCalling: () => boolean) {
  const go = async (event: Event, url: URL) => {
    event.preventDefault();
    // Whoever is signed out is asked to sign in above the call, and not led away from it.
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
    const isHere = url.pathname === location.pathname && url.search === location.search;
    if (url.origin !== location.origin || NO_PAGE.test(url.pathname) || (isHere && url.hash)) return;
    void go(event, url);
  }

  function submit(event: SubmitEvent) {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== 'get' || form.target) return;
    const url = new URL(form.action);
    if (url.origin !== location.origin || NO_PAGE.test(url.pathname)) return;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter))
      if (typeof value === 'string') fields.append(name, value);
    url.search = fields.toString();
    void go(event, url);
  }

  document.addEventListener('click', click);
  document.addEventListener('submit', submit);
  const giveBack = followRedirectsSoftly(router);
  return () => {
    document.removeEventListener('click', click);
    document.removeEventListener('submit', submit);
    giveBack();
  };
}

/**
 * Behind an action that redirects Next loads a new document, because our front sends no page with the redirect. Here the
 * action has changed nothing, and the page it leads to is gone to as to a link.
 */
function followRedirectsSoftly(router: Router) {
  const { fetch } = window;
  const soft: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const redirect = response.headers.get('x-action-redirect')?.split(';')[0];
    if (!redirect || !new Headers(init?.headers).has('next-action')) return response;
    const url = new URL(redirect, location.href);
    const isPortal = url.origin === location.origin && !/^\/(sign-in|signed-out|sso)(\/|$)/.test(url.pathname);
    if (!isPortal || response.headers.get('content-type')?.startsWith('text/x-component')) return response;
    const isHere = url.pathname === location.pathname && url.search === location.search;
    // Behind the answer: what an action waits for holds back every page.
    setTimeout(() => (isHere ? router.refresh() : router.push(url.pathname + url.search + url.hash)));
    return new Response(NOTHING_NEW, { headers: { 'content-type': 'text/x-component' } });
  };
  window.fetch = soft;
  return () => {
    if (window.fetch === soft) window.fetch = fetch;
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
