/** What a browser without JavaScript makes of our pages: their forms and their words. */

export type Form = { action: string; method: string; enctype: string; fields: [string, string][]; text: string };

/** Returns the forms of a page in order, each with what it would send as it stands. */
export function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, tag = '', inside = '']) => ({
    action: attribute(tag, 'action') ?? '',
    method: (attribute(tag, 'method') ?? 'get').toLowerCase(),
    enctype: attribute(tag, 'enctype') ?? 'application/x-www-form-urlencoded',
    fields: fieldsIn(inside),
    text: textOf(inside),
  }));
}

/** Returns the words of a page as a person reads them. */
export function textOf(html: string) {
  const visible = html.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ');
  return decode(visible).replace(/\s+/g, ' ').trim();
}

/** Returns the words of the element that tells how a form's action went. */
export function messageIn(html: string) {
  return roleIn(html, 'alert') ?? roleIn(html, 'status');
}

/** Returns every field error of a page, by the field's name. */
export function fieldErrorsIn(html: string) {
  const errors: Record<string, string> = {};
  for (const [tag] of html.matchAll(/<(?:input|select|textarea)\b[^>]*aria-invalid="true"[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const ids = attribute(tag, 'aria-describedby')?.split(' ') ?? [];
    if (name) errors[name] = ids.map((id) => textOf(elementWithId(html, id))).join(' ');
  }
  return errors;
}

function roleIn(html: string, role: string) {
  for (const [, tag, inside] of html.matchAll(
    new RegExp(`<(\\w+)\\b[^>]*role="${role}"[^>]*>([\\s\\S]*?)</\\1>`, 'g'),
  )) {
    const words = tag && inside && textOf(inside);
    if (words) return words;
  }
}

function elementWithId(html: string, id: string) {
  return new RegExp(`<(\\w+)\\b[^>]*\\bid="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(html)?.[2] ?? '';
}

function fieldsIn(html: string): [string, string][] {
  const fields: [string, string][] = [];
  for (const [element, tag] of html.matchAll(/<(input|select|textarea)\b[^>]*>(?:[\s\S]*?<\/\1>)?/g)) {
    const head = element.slice(0, element.indexOf('>') + 1);
    const name = attribute(head, 'name');
    if (!name || has(head, 'disabled')) continue;
    if (tag === 'select') {
      const options = [...element.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
      const chosen = options.find((option) => has(option, 'selected')) ?? options[0];
      fields.push([name, (chosen && attribute(chosen, 'value')) ?? '']);
      continue;
    }
    const type = attribute(head, 'type') ?? 'text';
    if (/^(checkbox|radio)$/.test(type) && !has(head, 'checked')) continue;
    if (/^(submit|button|file)$/.test(type)) continue;
    fields.push([name, attribute(head, 'value') ?? '']);
  }
  return fields;
}

function attribute(tag: string, name: string) {
  const found = new RegExp(`\\s${name.replace(/[$]/g, '\\$&')}="([^"]*)"`, 'i').exec(tag)?.[1];
  return found === undefined ? undefined : decode(found);
}

function has(tag: string, name: string) {
  return new RegExp(`\\s${name}(=|\\s|/?>)`, 'i').test(tag);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export function decode(text: string) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}
