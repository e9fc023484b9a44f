-- What each key of GATEHOUSE_SECRETS makes of a fixed text, so that another key under the same id is found out at start.
CREATE TABLE key_checks (
  key_id text PRIMARY KEY CHECK (key_id ~ '^[A-Za-z0-9]{1,16}$'),
  check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
  first_used_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
-- The key a recovery code was digested under; null for codes made before this was recorded.
ALTER TABLE recovery_codes ADD COLUMN key_id text;
--> statement-breakpoint
ALTER TABLE operator_recovery_codes ADD COLUMN key_id text;
--> statement-breakpoint
-- An account ID is a DNS label, and labels with hyphens in places 3 and 4 are reserved (RFC 5891). An older database
-- that holds one keeps it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM tenants WHERE substr(slug, 3, 2) = '--') THEN
    ALTER TABLE tenants ADD CONSTRAINT tenants_slug_is_no_idn_label CHECK (substr(slug, 3, 2) <> '--');
  END IF;
END $$;
