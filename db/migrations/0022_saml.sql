-- Whether a refused answer belonged to a request of ours. Those that did not are listed apart, so that they push no other out.
ALTER TABLE "sso_failures" ADD COLUMN "solicited" boolean DEFAULT true NOT NULL;
--> statement-breakpoint
-- The other pair of our SAML keys: the next one before it is used, the previous one afterwards.
ALTER TABLE "sso_connections" ADD COLUMN "sealed_other_secret" text;
