import type { CSSProperties } from 'react';
import type { Shades } from '@/lib/branding/shades';

// Mail clients know neither variables nor OKLCH, so the tokens stand here once more, in hex.
const FONT = 'Inter, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';
const text = { fontFamily: FONT, color: '#1b2230', fontSize: '16px', lineHeight: '24px', margin: '0 0 16px' };
const small = { fontFamily: FONT, color: '#566173', fontSize: '14px', lineHeight: '20px', margin: '0' };

export const look = {
  page: { backgroundColor: '#f3f5f8', margin: '0', padding: '24px 8px' },
  card: { backgroundColor: '#ffffff', maxWidth: '600px', padding: '32px 24px', borderRadius: '8px' },
  logo: { display: 'block', margin: '0 0 12px' },
  tenant: { ...small, fontWeight: 600, margin: '0 0 24px' },
  heading: { ...text, fontSize: '20px', lineHeight: '28px', fontWeight: 600 },
  text,
  secret: {
    ...text,
    fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
    backgroundColor: '#f3f5f8',
    borderRadius: '8px',
    padding: '12px 16px',
    wordBreak: 'break-all',
  },
  action: { margin: '8px 0 24px' },
  button: {
    fontFamily: FONT,
    backgroundColor: '#1d5fd1',
    color: '#ffffff',
    fontSize: '16px',
    lineHeight: '24px',
    fontWeight: 600,
    padding: '12px 24px',
    borderRadius: '8px',
    textDecoration: 'none',
  },
  small: { ...small, margin: '16px 0 0' },
  link: { color: '#1d5fd1', wordBreak: 'break-all' },
  line: { border: 'none', borderTop: '1px solid #dde2ea', margin: '24px 0 16px' },
  footer: small,
} satisfies Record<string, CSSProperties>;

/** What changes in the dark; `!important` because every colour above is an inline style. */
export function darkWith(shades: Shades | null) {
  return `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .page > table > tbody > tr > td { background-color: #10141b !important; }
  .card { background-color: #1a202a !important; }
  .text { color: #e8ecf2 !important; }
  .muted { color: #a3adbd !important; }
  .secret { background-color: #10141b !important; color: #e8ecf2 !important; }
  .link { color: ${shades?.primary.dark ?? '#8db7ff'} !important; }
  .line { border-top-color: #323b49 !important; }
}`;
}
