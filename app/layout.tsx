import type { Metadata } from 'next';
import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';
import { pageFrame } from '@/lib/request/current';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Gatehouse', template: '%s · Gatehouse' },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { locale, nonce, brand } = await pageFrame();
  return (
    <html lang={locale} suppressHydrationWarning>
      <head>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" sizes="any" />
        {brand ? <style nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: brand }} /> : null}
      </head>
      <body>
        <ThemeProvider attribute="data-theme" enableColorScheme={false} nonce={nonce}>
          {children}
        </ThemeProvider>
      </body>
    </html>
  );
}
