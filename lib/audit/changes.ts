import type { AuditDetail } from '@/lib/audit/record';

type Value = string | number | boolean | null | undefined | Date | readonly (string | number)[];

/**
 * Returns the fields whose value differs, each as `old.name` and `new.name`, for the audit trail.
 * Fields that `after` lacks are left out; without `before` everything is new. Never give it a
 * secret.
 */
export function changesBetween<Row extends { [field: string]: unknown }>(
  before: { [Field in keyof Row]?: unknown } | undefined,
  after: Row,
): AuditDetail {
  const pairs = Object.keys(after).map((name) => [name, asDetail(before?.[name]), asDetail(after[name])] as const);
  return Object.fromEntries(
    pairs
      .filter(([, old, now]) => old !== now)
      .flatMap(([name, old, now]) => [
        [`old.${name}`, old],
        [`new.${name}`, now],
      ]),
  );
}

/** Returns the changed fields of an event, with their values. */
export function changesIn(detail: AuditDetail) {
  return Object.keys(detail).flatMap((key) => {
    const name = key.startsWith('new.') ? key.slice('new.'.length) : undefined;
    return name ? [{ name, old: detail[`old.${name}`] ?? null, now: detail[key] ?? null }] : [];
  });
}

function asDetail(value: unknown): string | number | boolean | null {
  const known = value as Value;
  if (known instanceof Date) return known.toISOString();
  if (typeof known === 'object' && known !== null) return known.join(', ') || null;
  return known === undefined || known === '' ? null : known;
}
