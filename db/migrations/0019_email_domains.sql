-- The domains whose addresses a connection may link and create users for. If empty, it creates no users.
ALTER TABLE sso_connections ADD COLUMN email_domains text[] NOT NULL DEFAULT '{}';
--> statement-breakpoint
ALTER TABLE sso_connections
  ADD CONSTRAINT sso_connections_domains CHECK (cardinality(email_domains) <= 50);
