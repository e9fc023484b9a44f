import { and, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { emailChanges, passwordResets } from '@/db/schema/one-time';
import { isUser, passwords, users } from '@/db/schema/users';
import { brandFor } from '@/lib/branding/brand';
import { findBranding } from '@/lib/branding/settings';
import { oneTimeToken } from '@/lib/crypto';
import { deliver, MailRefused } from '@/lib/emails/deliver';
import type { Mail } from '@/lib/emails/mails';
import type { MailJob } from '@/lib/emails/queue';
import { renderMail } from '@/lib/emails/render';
import { env } from '@/lib/env';
import { zoneInUse } from '@/lib/language/known-zones';
import type { Locale } from '@/lib/language/locale';
import { LIFETIMES } from '@/lib/lifetimes';
import { log } from '@/lib/log';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import { findTenantById, type Tenant, tenantOrigin } from '@/lib/tenants/tenants';
import { inHours, inMinutes, inSeconds } from '@/lib/time';

import { stampInvitation } from '@/lib/users/invite';

/**
 * Sends one queued mail. Whatever died meanwhile is not sent. Run again it makes the very same
 * link, under the same idempotency key, so that twice is once. Throws where the mail service did
 * not take it, for the queue to try again.
 */
export async function sendMail(job: MailJob, jobId: string) {
  const tenant = await findTenantById(job.tenantId);
  const [reader] = await withTenant(job.tenantId, (tx) =>
    tx.select().from(users).where(isUser(job.tenantId, job.userId)),
  );
  const to = job.to ?? reader?.email;
  if (tenant?.status !== 'active' || !reader || !to) return;
  const mail = await complete(tenant, job);
  if (!mail) return;
  const { subject, html, text } = await renderMail(
    mail,
    {
      locale: reader.locale ?? tenant.locale,
      firstName: reader.firstName,
      timeZone: zoneInUse(reader.timeZone ?? tenant.timeZone).timeZone,
    },
    { ...tenant, brand: await brandIn(tenant, reader.locale ?? tenant.locale) },
  );
  const from = env().MAIL_FROM ?? 'Gatehouse <no-reply@gatehouse.invalid>';
  try {
    await deliver({ to, from, subject, html, text, idempotencyKey: `${mail.kind}/${jobId}` });
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    log().error({ alert: 'mail refused for good', kind: mail.kind, tenant: tenant.slug, user: job.userId });
  }
}

/** The tenant's brand, with an address of its logo that a mail can show. */
async function brandIn(tenant: Tenant, locale: Locale) {
  const brand = brandFor(await findBranding(tenant), locale);
  const path = brand?.logo?.path;
  return brand && { ...brand, logoUrl: path ? `${tenantOrigin(tenant)}${path}` : null };
}

/**
 * Adds links and passwords, made from their nonces. Returns undefined if they are no longer valid.
 */
async function complete(tenant: Tenant, { mail, userId }: MailJob): Promise<Mail | undefined> {
  const origin = tenantOrigin(tenant);
  switch (mail.kind) {
    case 'reset-link':
    case 'administrator-reset': {
      const reset = await stampReset(tenant, mail.resetId);
      if (!reset) return undefined;
      const kind = mail.kind === 'reset-link' && reset.style === 'temporary' ? 'reset-temporary-link' : mail.kind;
      return {
        kind,
        url: `${origin}/reset-password/${oneTimeToken('reset', reset)}`,
        minutes: inMinutes(LIFETIMES.resetLink),
      };
    }
    case 'temporary-password': {
      const reset = await stampReset(tenant, mail.resetId, true);
      if (!reset || !(await stampTemporaryPassword(tenant, userId))) return undefined;
      return {
        kind: mail.kind,
        password: temporaryPasswordFrom(reset),
        url: `${origin}/sign-in`,
        minutes: inMinutes(LIFETIMES.emailedPassword),
      };
    }
    case 'email-confirm': {
      const change = await stampEmailChange(tenant, userId, mail.tokenHash);
      return (
        change && {
          kind: mail.kind,
          url: `${origin}/confirm-email/${oneTimeToken('email-change', change)}`,
          minutes: inMinutes(LIFETIMES.emailChangeLink),
        }
      );
    }
    case 'invitation': {
      const invitation = await stampInvitation(tenant, userId, mail.tokenHash);
      return (
        invitation && {
          kind: mail.kind,
          url: `${origin}/welcome/${oneTimeToken('invitation', invitation)}`,
          hours: inHours(LIFETIMES.invitation),
        }
      );
    }
    case 'sso-certificate':
    case 'sso-expiry': {
      const { connectionId, ...rest } = mail;
      return { ...rest, url: `${origin}/admin/single-sign-on/${connectionId}` };
    }
    default:
      return mail;
  }
}

/** Starts the lifetime of a link as its email goes out. Returns undefined for a spent one. */
async function stampReset(tenant: Pick<Tenant, 'id'>, id: string, isPassword = false) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .update(passwordResets)
      .set({ sentAt: sql`now()` })
      .where(
        and(
          eq(passwordResets.tenantId, tenant.id),
          eq(passwordResets.id, id),
          isPassword ? undefined : sql`${passwordResets.usedAt} is null`,
        ),
      )
      .returning(),
  );
  return row;
}

/** Starts the lifetime of a temporary password. Returns false if it is spent or replaced. */
async function stampTemporaryPassword(tenant: Pick<Tenant, 'id'>, userId: string) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .update(passwords)
      .set({ temporaryUntil: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.emailedPassword)})` })
      .where(
        and(
          eq(passwords.tenantId, tenant.id),
          eq(passwords.userId, userId),
          sql`${passwords.temporaryUntil} > '-infinity'`,
        ),
      )
      .returning({ userId: passwords.userId }),
  );
  return rows.length === 1;
}

async function stampEmailChange(tenant: Pick<Tenant, 'id'>, userId: string, tokenHash: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .update(emailChanges)
      .set({ createdAt: sql`now()` })
      .where(
        and(
          eq(emailChanges.tenantId, tenant.id),
          eq(emailChanges.userId, userId),
          eq(emailChanges.tokenHash, Buffer.from(tokenHash, 'base64url')),
        ),
      )
      .returning(),
  );
  return row;
}
