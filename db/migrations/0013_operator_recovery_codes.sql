-- The recovery codes of operators, who stand in no tenant's tables.
CREATE TABLE "operator_recovery_codes" (
	"operator_id" uuid NOT NULL REFERENCES "operators"("id") ON DELETE cascade,
	"code_digest" "bytea" NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "operator_recovery_codes_operator_id_code_digest_pk" PRIMARY KEY("operator_id","code_digest"),
	CONSTRAINT "operator_recovery_codes_digest_form" CHECK (length(code_digest) = 32)
);
--> statement-breakpoint
ALTER TABLE "operators"
  ADD COLUMN "sealed_new_codes" text,
  ADD COLUMN "new_codes_at" timestamp with time zone;
--> statement-breakpoint
-- What a new password is chosen behind, for the trail. An attempt of the version before says nothing: it knew the app alone.
ALTER TABLE "operator_attempts"
  ADD COLUMN "factor" text CHECK (factor IN ('totp', 'recovery-code'));
--> statement-breakpoint
-- What operators can no longer use, or were to see once.
CREATE OR REPLACE FUNCTION purge_operators() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM operator_sessions WHERE absolute_until < now() OR last_seen_at < now() - interval '1 day';
  DELETE FROM operator_attempts WHERE expires_at < now();
  DELETE FROM operator_devices WHERE last_seen_at < now() - interval '180 days';
  UPDATE operators SET sealed_new_codes = NULL, new_codes_at = NULL WHERE new_codes_at < now() - interval '10 minutes';
END $$;
