import { runBrowserSuite } from '@/tests/support/browser-suite';

/**
 * `npm run test:interop`: single sign-on against SimpleSAMLphp and oidc-provider in Chromium; the
 * last line is the sum.
 */
await runBrowserSuite({ folder: 'tests/interop', install: 'tests/idp/install-simplesamlphp.sh' });
