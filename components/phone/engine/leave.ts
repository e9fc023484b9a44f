const LOOKS = 20;
const LOOK_AGAIN_MS = 500;

/** Goes to sign in once the session is over: told a moment earlier, that page would lead straight back. */
export async function leave(why: string | null, isLive: () => Promise<boolean | null>) {
  for (let look = 0; look < LOOKS && (await isLive()) !== false; look++)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  const here = location.pathname + location.search;
  location.assign(`/sign-in?reason=${encodeURIComponent(why ?? 'ended')}&return_to=${encodeURIComponent(here)}`);
}
