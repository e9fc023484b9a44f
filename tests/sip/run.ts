import { runBrowserSuite } from '@/tests/support/browser-suite';

/**
 * `npm run test:sip`: softphones in Chromium that register with Kamailio and call one another; the
 * last line is the sum.
 */
await runBrowserSuite({ folder: 'tests/sip', install: 'tests/sip/install.sh' });
