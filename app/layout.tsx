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
      {brand ? (
        <head>
          <style nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: brand }} />
        </head>
      ) : null}
      <body>
        <ThemeProvider attribute="data-theme" enableColorScheme={false} nonce={nonce}>
          {children}
        </ThemeProvider>
      </body>
    </html>
  );
}
