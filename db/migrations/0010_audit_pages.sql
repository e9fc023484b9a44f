-- The pages of the trail read it by time, and by one person, event or address in time: each way has its index, newest last.
DROP INDEX audit_events_subject;
--> statement-breakpoint
CREATE INDEX audit_events_at ON audit_events (tenant_id, at, seq);
--> statement-breakpoint
CREATE INDEX audit_events_event ON audit_events (tenant_id, event, at, seq);
--> statement-breakpoint
CREATE INDEX audit_events_subject ON audit_events (tenant_id, subject_id, at, seq) WHERE subject_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX audit_events_actor ON audit_events (tenant_id, actor_id, at, seq) WHERE actor_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX audit_events_address ON audit_events (tenant_id, address, at, seq);
--> statement-breakpoint
-- Where a chain begins, once its oldest events have been removed.
ALTER TABLE audit_heads
  ADD COLUMN base_seq bigint NOT NULL DEFAULT 0,
  ADD COLUMN base_mac bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex');
--> statement-breakpoint
-- One look over a tenant's whole chain, under way or done: the last one that was asked for.
CREATE TABLE audit_checks (
	"tenant_id" uuid PRIMARY KEY,
	"id" uuid NOT NULL,
	"state" text NOT NULL CHECK (state IN ('running', 'holds', 'broken', 'cut')),
	"started_by" uuid,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"from_seq" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"mac" bytea NOT NULL,
	"attested" boolean NOT NULL,
	"until_seq" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE audit_checks ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE audit_checks FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant_only ON audit_checks USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
--> statement-breakpoint
-- Removes the oldest events of a chain, 400 days old and more, at most p_most of them, and promises where it begins now. How old is
-- written here: the application's role can call this, and must not be able to remove what is younger.
CREATE FUNCTION purge_audit(p_tenant uuid, p_most int) RETURNS TABLE (seq bigint, mac bytea, at timestamptz, removed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_heads%ROWTYPE;
  young bigint;
  last bigint;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT h.* INTO head FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT min(e.seq) FILTER (WHERE e.at >= now() - interval '400 days'), max(e.seq) INTO young, last FROM (
    SELECT o.seq, o.at FROM audit_events o WHERE o.tenant_id = p_tenant AND o.seq > head.base_seq ORDER BY o.seq LIMIT p_most) e;
  last := coalesce(young - 1, last);
  IF last IS NULL OR last <= head.base_seq THEN RETURN; END IF;
  UPDATE audit_heads h SET base_seq = e.seq, base_mac = e.mac FROM audit_events e
    WHERE h.tenant_id = p_tenant AND e.tenant_id = p_tenant AND e.seq = last;
  RETURN QUERY SELECT e.seq, e.mac, e.at, (e.seq - head.base_seq)::int FROM audit_events e WHERE e.tenant_id = p_tenant AND e.seq = last;
  DELETE FROM audit_events e WHERE e.tenant_id = p_tenant AND e.seq <= last;
END $$;
--> statement-breakpoint
-- As before, and: the end of the service provider's own chain, which belongs to no tenant.
CREATE OR REPLACE FUNCTION audit_ends() RETURNS TABLE (tenant_id uuid, seq bigint, mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants UNION ALL SELECT '00000000-0000-0000-0000-000000000000' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT h.tenant_id, h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = t;
  END LOOP;
END $$;
