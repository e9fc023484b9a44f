import { get } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Peer } from '@/bench/peer';
import type { People } from '@/bench/people';
import type { Product } from '@/bench/product';
import { kilobytes, type Row } from '@/bench/report';

const MOST_HTML = 10 * 1024;
const MOST_SCRIPT = 5 * 1024;

/**
 * What a browser fetches to show the sign-in page: its HTML, and the JavaScript that an empty page
 * does not need.
 */
export async function measureWeight(product: Product, peer: Peer, people: People): Promise<Row[]> {
  const page = await fetched(product.port, '/sign-in', people.host);
  const empty = await fetched(peer.port, '/', `127.0.0.1:${peer.port}`);
  const scripts = await scriptBytes(page.toString(), (path) => fetched(product.port, path, people.host));
  const base = await scriptBytes(empty.toString(), (path) => fetched(peer.port, path, `127.0.0.1:${peer.port}`));
  const zipped = gzipSync(page).length;
  return [
    {
      measure: 'sign-in page, HTML',
      value: kilobytes(page.length),
      peer: `empty page ${kilobytes(empty.length)}`,
      target: `at most ${kilobytes(MOST_HTML)}`,
      met: page.length <= MOST_HTML,
    },
    {
      measure: 'sign-in page, HTML by gzip',
      value: kilobytes(zipped),
      peer: `empty page ${kilobytes(gzipSync(empty).length)}`,
    },
    {
      measure: 'sign-in page, JavaScript by gzip beyond an empty page',
      value: kilobytes(scripts - base),
      peer: `${kilobytes(scripts)} and ${kilobytes(base)}`,
      target: `at most ${kilobytes(MOST_SCRIPT)}`,
      met: scripts - base <= MOST_SCRIPT,
    },
  ];
}

/**
 * Returns the gzipped size of every script that the page names, in a tag or in what its own
 * scripts read, but for old browsers'.
 */
async function scriptBytes(html: string, fetchFile: (path: string) => Promise<Buffer>) {
  const modern = html.replace(/<script[^>]*\bnoModule\b[^>]*>/gi, '');
  const paths = new Set(modern.match(/\/_next\/static\/[\w./~()[\]-]+\.js/g));
  if (paths.size === 0) throw new Error('the page names no script');
  const files = await Promise.all([...paths].map(fetchFile));
  return files.reduce((total, file) => total + gzipSync(file).length, 0);
}

function fetched(port: number, path: string, host: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port, path, headers: { host, accept: 'text/html', 'accept-language': 'en' } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(new Error(`${path}: ${response.statusCode}`));
        });
      },
    ).on('error', reject);
  });
}
