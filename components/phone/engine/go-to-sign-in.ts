const CHECKS = 20;
const CHECK_EVERY_MS = 500;

/** Opens the sign-in page once the session has ended; earlier, that page would redirect back. */
export async function goToSignIn(why: string | null, isLive: () => Promise<boolean | null>) {
  for (let check = 0; check < CHECKS && (await isLive()) !== false; check++)
    await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  const here = location.pathname + location.search;
  location.assign(`/sign-in?reason=${encodeURIComponent(why ?? 'ended')}&return_to=${encodeURIComponent(here)}`);
}
