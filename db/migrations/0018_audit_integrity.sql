-- A check goes on behind an event that does not hold: how many there are, the first of them, and where events are missing at an end.
ALTER TABLE audit_checks
  ADD COLUMN bad bigint NOT NULL DEFAULT 0,
  ADD COLUMN bad_seqs bigint[] NOT NULL DEFAULT '{}',
  ADD COLUMN cut_at bigint,
  ADD COLUMN proved_seq bigint;
--> statement-breakpoint
-- When a tenant goes is decided here alone: the application's role can change neither its state nor these moments by itself, and
-- the thirty days run by the database's own clock.
CREATE FUNCTION suspend_tenant(p_tenant uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET status = 'suspended', suspended_at = clock_timestamp(), exported_at = NULL
    WHERE id = p_tenant AND status = 'active'
$$;
--> statement-breakpoint
CREATE FUNCTION resume_tenant(p_tenant uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET status = 'active', suspended_at = NULL WHERE id = p_tenant AND delete_after IS NULL
$$;
--> statement-breakpoint
-- A whole export counts where the tenant was suspended before it began.
CREATE FUNCTION note_tenant_export(p_tenant uuid, p_begun timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET exported_at = clock_timestamp() WHERE id = p_tenant AND suspended_at < p_begun AND p_begun <= clock_timestamp()
$$;
--> statement-breakpoint
-- Returns when the tenant goes; null where it may not.
CREATE FUNCTION order_tenant_deletion(p_tenant uuid) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET delete_after = coalesce(delete_after, now() + interval '30 days')
    WHERE id = p_tenant AND status = 'suspended' AND exported_at > suspended_at RETURNING delete_after
$$;
--> statement-breakpoint
-- Returns whether there still was something to take back.
CREATE FUNCTION cancel_tenant_deletion(p_tenant uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE tenants SET delete_after = NULL WHERE id = p_tenant AND delete_after > now();
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- A tenant of this id would take the service provider's own chain with it.
ALTER TABLE tenants ADD CONSTRAINT tenants_not_provider CHECK (id <> '00000000-0000-0000-0000-000000000000');
