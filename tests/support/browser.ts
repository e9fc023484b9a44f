import { type IncomingHttpHeaders, request as send } from 'node:http';
import { type Form, formsIn, messageIn, textOf } from '@/tests/support/html';

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The words a person reads. */
  text: string;
  /** What the form says about how it went. */
  message: string | undefined;
  location: string | undefined;
  setCookies: string[];
  ms: number;
};

type Ask = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: Buffer | string;
  /** Without the cookies of the jar. */
  bare?: boolean;
};

type Options = {
  port: number;
  /** As the browser names it: `acme.gatehouse.test`, with the port where the address has one. */
  host: string;
  protocol?: 'http' | 'https';
  /** The client's own address, 127.0.0.1 to 127.255.255.254. */
  from?: string;
  locale?: string;
  userAgent?: string;
};

/**
 * A browser without JavaScript: keeps cookies, posts forms as they stand on the page, follows
 * nothing unless asked.
 */
export function visitor(options: Options) {
  const jar = new Map<string, string>();
  const origin = `${options.protocol ?? 'https'}://${options.host}`;

  async function ask(path: string, { method = 'GET', headers = {}, body, bare }: Ask = {}): Promise<Answer> {
    const started = performance.now();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port: options.port,
          localAddress: options.from,
          path,
          method,
          agent: false,
          headers: {
            host: options.host,
            accept: 'text/html',
            'accept-language': options.locale ?? 'en',
            'user-agent': options.userAgent ?? 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36',
            ...(cookie && !bare ? { cookie } : {}),
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const setCookies = response.headers['set-cookie'] ?? [];
            if (!bare) keep(setCookies);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: text,
              text: textOf(text),
              message: messageIn(text),
              location: response.headers.location,
              setCookies,
              ms: performance.now() - started,
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  function keep(setCookies: string[]) {
    for (const line of setCookies) {
      const [pair = '', ...rest] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const gone = rest.some((part) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(part));
      if (gone) jar.delete(name);
      else jar.set(name, pair.slice(pair.indexOf('=') + 1));
    }
  }

  /**
   * Returns the answer to a form of a page already fetched, posted with these fields in place of
   * what stood there.
   */
  async function post(path: string, form: Form, fields: Fields, extra: Ask = {}) {
    const { body, type } = asSent(form, fields);
    return ask(form.action || path, {
      method: 'POST',
      body,
      ...extra,
      headers: { 'content-type': type, origin, referer: `${origin}${path}`, ...extra.headers },
    });
  }

  return {
    jar,
    origin,
    ask,
    post,
    get: (path: string, extra: Ask = {}) => ask(path, extra),

    /** Returns the page that redirects lead to. */
    async open(path: string) {
      let answer = await ask(path);
      for (let hops = 0; answer.location && hops < 10; hops++) answer = await ask(pathOf(answer.location));
      return answer;
    },

    /**
     * Returns the answer to the form of the page at `path` that has these fields (and, with
     * `button`, these words).
     */
    async submit(path: string, fields: Fields, { button, ...extra }: Ask & { button?: string | RegExp } = {}) {
      return post(path, await this.form(path, Object.keys(fields), button), fields, extra);
    },

    /**
     * Returns the form of the page at `path` that has these fields and words, to be posted later,
     * or twice.
     */
    async form(path: string, names: string[] = [], button?: string | RegExp) {
      const page = await ask(path);
      const form = formsIn(page.body).find(
        ({ method, fields, text }) =>
          method === 'post' &&
          names.every((name) => fields.some(([known]) => known === name)) &&
          (!button || (typeof button === 'string' ? text.includes(button) : button.test(text))),
      );
      if (form) return form;
      throw new Error(`no such form at ${path} (${page.status} ${page.location ?? ''}): ${page.text.slice(0, 300)}`);
    },

    /** Returns the answer to the sign-in form. */
    signIn(username: string, password: string) {
      return this.submit('/sign-in', { username, password });
    },
  };
}

export type Visitor = ReturnType<typeof visitor>;

/** A value, several of the same name, a file, or undefined for a field that is not sent at all. */
export type Fields = Record<string, string | string[] | FileField | undefined>;
type FileField = { file: string | Buffer; name?: string };

/** Returns the form as a browser sends it, with these fields in place of what stood there. */
export function asSent(form: Form, fields: Fields) {
  const filled = filledIn(form, fields);
  if (form.enctype === 'multipart/form-data') return multipart(filled);
  const pairs = filled.map(([name, value]) => [name, typeof value === 'string' ? value : (value.name ?? 'a.txt')]);
  return { body: Buffer.from(new URLSearchParams(pairs).toString()), type: form.enctype };
}

function filledIn(form: Form, fields: Fields) {
  const rest = form.fields.filter(([name]) => !(name in fields));
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const),
  );
  return [...rest, ...given];
}

function multipart(fields: readonly (readonly [string, string | FileField])[]) {
  const boundary = '----GatehouseTests7MA4YWxkTrZu0gW';
  const parts = fields.flatMap(([name, value]) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') return [`${head}\r\n\r\n${value}\r\n`];
    return [`${head}; filename="${value.name ?? 'a.txt'}"\r\nContent-Type: text/plain\r\n\r\n`, value.file, '\r\n'];
  });
  const body = Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part as string)));
  return { body, type: `multipart/form-data; boundary=${boundary}` };
}

/** Path and query of an address that a redirect names. */
export function pathOf(location: string) {
  const url = new URL(location, 'http://here.invalid');
  return `${url.pathname}${url.search}`;
}
