-- The schema of version 0.2.0: tables, indexes, row security and triggers. Rights are granted by
-- db/migrate.ts. The functions in force are in db/functions; a line "--> function" includes the
-- file of a function that a generated column or a trigger needs.

--> function users/search_form

-- ------------------------------------------------------------------------------------------------
-- Tenants

CREATE TABLE tenants (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  slug text NOT NULL,
  account_id text NOT NULL,
  name text NOT NULL,
  domain text,
  status text DEFAULT 'active' NOT NULL,
  locale text DEFAULT 'en' NOT NULL,
  time_zone text DEFAULT 'America/Toronto' NOT NULL,
  entitlements text[] DEFAULT '{}' NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  user_limit integer,
  suspended_at timestamptz,
  exported_at timestamptz,
  delete_after timestamptz,
  pending_domain text,
  domain_proof text,
  CONSTRAINT tenants_pkey PRIMARY KEY (id),
  CONSTRAINT tenants_domain_unique UNIQUE (domain),
  CONSTRAINT tenants_slug_unique UNIQUE (slug),
  CONSTRAINT tenants_account_id CHECK (lower(account_id) = slug),
  -- A tenant that waits for its deletion is suspended and was exported after that.
  CONSTRAINT tenants_deletion
    CHECK (delete_after IS NULL OR status = 'suspended' AND exported_at > suspended_at),
  CONSTRAINT tenants_domain_form CHECK (domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'),
  -- This id is the audit chain of the service provider.
  CONSTRAINT tenants_not_provider CHECK (id <> '00000000-0000-0000-0000-000000000000'),
  CONSTRAINT tenants_pending_domain_check CHECK (pending_domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'),
  CONSTRAINT tenants_slug_form CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  -- DNS reserves labels with hyphens at positions 3 and 4 (RFC 5891).
  CONSTRAINT tenants_slug_is_no_idn_label CHECK (substr(slug, 3, 2) <> '--'),
  CONSTRAINT tenants_user_limit_check CHECK (user_limit BETWEEN 1 AND 1000000)
);
CREATE INDEX tenants_name ON tenants (lower(name), id);

CREATE TABLE policies (
  tenant_id uuid NOT NULL,
  second_factor text DEFAULT 'optional' NOT NULL,
  reset_style text DEFAULT 'link' NOT NULL,
  password_min_length integer DEFAULT 8 NOT NULL,
  idle_minutes integer DEFAULT 240 NOT NULL,
  absolute_minutes integer DEFAULT 1440 NOT NULL,
  sso_second_factor text DEFAULT 'when-missing' NOT NULL,
  password_hidden boolean DEFAULT false NOT NULL,
  second_factor_from timestamptz,
  remember_devices boolean DEFAULT false NOT NULL,
  password_history integer DEFAULT 0 NOT NULL,
  lock_tries integer DEFAULT 5 NOT NULL,
  lock_minutes integer DEFAULT 15 NOT NULL,
  networks text[] DEFAULT '{}' NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  call_grace_minutes integer DEFAULT 240 NOT NULL,
  CONSTRAINT policies_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT policies_bounds
    CHECK (password_min_length BETWEEN 8 AND 64 AND idle_minutes BETWEEN 5 AND 1440
      AND absolute_minutes BETWEEN 60 AND 10080),
  CONSTRAINT policies_call_grace CHECK (call_grace_minutes BETWEEN 15 AND 240),
  CONSTRAINT policies_more_bounds
    CHECK (password_history BETWEEN 0 AND 10 AND lock_tries BETWEEN 3 AND 10
      AND lock_minutes BETWEEN 5 AND 60 AND cardinality(networks) <= 50),
  CONSTRAINT policies_networks CHECK (networks::cidr[] IS NOT NULL),
  CONSTRAINT policies_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);

CREATE TABLE branding (
  tenant_id uuid NOT NULL,
  name_en text,
  name_fr text,
  support_en text,
  support_fr text,
  note_en text,
  note_fr text,
  colour text,
  logo_version text,
  logo_width integer,
  logo_height integer,
  CONSTRAINT branding_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT branding_colour CHECK (colour ~ '^#[0-9a-f]{6}$'),
  CONSTRAINT branding_logo
    CHECK ((logo_version IS NULL) = (logo_width IS NULL)
      AND (logo_version IS NULL) = (logo_height IS NULL)),
  CONSTRAINT branding_sizes
    CHECK (length(name_en) <= 60 AND length(name_fr) <= 60 AND length(support_en) <= 200
      AND length(support_fr) <= 200 AND length(note_en) <= 300 AND length(note_fr) <= 300),
  CONSTRAINT branding_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);

CREATE TABLE brand_logos (
  tenant_id uuid NOT NULL,
  version text NOT NULL,
  png bytea NOT NULL,
  CONSTRAINT brand_logos_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT brand_logos_size CHECK (octet_length(png) <= 262144),
  CONSTRAINT brand_logos_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);

-- ------------------------------------------------------------------------------------------------
-- Users

CREATE TABLE users (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  username text NOT NULL,
  extension text,
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text,
  role text DEFAULT 'agent' NOT NULL,
  status text DEFAULT 'active' NOT NULL,
  locale text,
  time_zone text,
  created_at timestamptz DEFAULT now() NOT NULL,
  emergency boolean DEFAULT false NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  second_factor_required boolean DEFAULT false NOT NULL,
  -- Stored, so that they compare byte by byte: under row security only such comparisons use an
  -- index.
  sort_name text COLLATE "C"
    GENERATED ALWAYS AS (search_form(last_name || ' ' || first_name)) STORED NOT NULL,
  sort_extension bigint
    GENERATED ALWAYS AS (coalesce(extension::bigint, 99999999999)) STORED NOT NULL,
  email_key text COLLATE "C" GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED,
  waiting boolean DEFAULT true NOT NULL,
  enrolled boolean DEFAULT false NOT NULL,
  CONSTRAINT users_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT users_extension UNIQUE (tenant_id, extension),
  CONSTRAINT users_username UNIQUE (tenant_id, username),
  CONSTRAINT users_email_form
    CHECK (length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  CONSTRAINT users_extension_form CHECK (extension ~ '^[0-9]{2,10}$'),
  -- A username begins with a letter and an extension has only digits, so they cannot be confused.
  CONSTRAINT users_username_form CHECK (username ~ '^[a-z][a-z0-9._@+-]{1,63}$'),
  CONSTRAINT users_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
CREATE INDEX users_administrators ON users (tenant_id, sort_name, id) WHERE role = 'administrator';
CREATE INDEX users_by_age ON users (tenant_id, created_at, id);
CREATE INDEX users_by_email ON users (tenant_id, email_key);
CREATE INDEX users_by_extension ON users (tenant_id, sort_extension, id);
CREATE INDEX users_by_name ON users (tenant_id, sort_name, id) INCLUDE (role, status);
CREATE INDEX users_disabled ON users (tenant_id, sort_name, id) WHERE status = 'disabled';
CREATE INDEX users_not_enrolled ON users (tenant_id, sort_name, id) WHERE NOT enrolled;
CREATE INDEX users_waiting ON users (tenant_id, sort_name, id) WHERE waiting;
CREATE INDEX users_without_email ON users (tenant_id, sort_name, id) WHERE email IS NULL;

-- A row of its own, because a sign-in must not rewrite the wide, indexed row of the user.
CREATE TABLE last_sign_ins (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  at timestamptz DEFAULT '-infinity' NOT NULL,
  address text,
  previous_at timestamptz,
  previous_address text,
  CONSTRAINT last_sign_ins_pkey PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX last_sign_ins_order ON last_sign_ins (tenant_id, at, user_id);

-- The words by which a user is found. Deleted by a trigger: checking a foreign key would slow down
-- imports of thousands of users.
CREATE TABLE user_words (
  tenant_id uuid NOT NULL,
  word text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  in_directory boolean DEFAULT false NOT NULL,
  CONSTRAINT user_words_pkey PRIMARY KEY (tenant_id, word, user_id)
);
CREATE INDEX user_words_user ON user_words (tenant_id, user_id);

-- How many users have each email address. Single sign-on cannot tell apart users who share one.
CREATE TABLE email_holders (
  tenant_id uuid NOT NULL,
  email_key text COLLATE "C" NOT NULL,
  holders integer DEFAULT 1 NOT NULL,
  CONSTRAINT email_holders_pkey PRIMARY KEY (tenant_id, email_key)
);
CREATE INDEX email_holders_shared ON email_holders (tenant_id, email_key) WHERE holders > 1;

CREATE TABLE email_changes (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  email text NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT email_changes_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT email_changes_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT email_changes_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE invitations (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  way text NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  token_hash bytea NOT NULL,
  code_hash bytea,
  created_at timestamptz DEFAULT now() NOT NULL,
  sent_at timestamptz,
  CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT invitations_code UNIQUE (tenant_id, code_hash),
  CONSTRAINT invitations_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT invitations_way_check CHECK (way IN ('mail', 'slip'))
);

CREATE TABLE imports (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  by_user uuid,
  file_name text NOT NULL,
  digest bytea NOT NULL,
  header jsonb NOT NULL,
  mapping jsonb,
  invite boolean DEFAULT false NOT NULL,
  without_refused boolean DEFAULT false NOT NULL,
  cause jsonb,
  state text DEFAULT 'uploaded' NOT NULL,
  failure text,
  total integer NOT NULL,
  done integer DEFAULT 0 NOT NULL,
  counts jsonb,
  created_at timestamptz DEFAULT now() NOT NULL,
  finished_at timestamptz,
  CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT imports_state_check
    CHECK (state IN ('uploaded', 'planned', 'applying', 'applied', 'failed')),
  CONSTRAINT imports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
CREATE INDEX imports_recent ON imports (tenant_id, created_at);

CREATE TABLE import_lines (
  tenant_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  cells jsonb NOT NULL,
  verdict text,
  reasons text[] DEFAULT '{}' NOT NULL,
  person jsonb,
  user_id uuid,
  user_version integer,
  CONSTRAINT import_lines_pkey PRIMARY KEY (tenant_id, import_id, line),
  CONSTRAINT import_lines_verdict_check CHECK (verdict IN ('create', 'change', 'same', 'refused')),
  CONSTRAINT import_lines_tenant_id_import_id_fkey
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX import_lines_verdict ON import_lines (tenant_id, import_id, verdict, line);

CREATE TABLE bulk_changes (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  by_user uuid NOT NULL,
  action text NOT NULL,
  user_ids uuid[] NOT NULL,
  cause jsonb NOT NULL,
  state text DEFAULT 'asked' NOT NULL,
  done integer DEFAULT 0 NOT NULL,
  refused jsonb DEFAULT '[]' NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  finished_at timestamptz,
  failure text,
  CONSTRAINT bulk_changes_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT bulk_changes_action_check
    CHECK (action IN ('disable', 'end-sessions', 'require-second-factor', 'invite', 'slips')),
  CONSTRAINT bulk_changes_state_check CHECK (state IN ('asked', 'running', 'done', 'stopped')),
  CONSTRAINT bulk_changes_tenant_id_fkey
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);

-- ------------------------------------------------------------------------------------------------
-- Passwords and second factors

CREATE TABLE passwords (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  hash text NOT NULL,
  temporary_until timestamptz,
  changed_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT passwords_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT passwords_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE earlier_passwords (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  hash text NOT NULL,
  CONSTRAINT earlier_passwords_tenant_id_user_id_changed_at_pk
    PRIMARY KEY (tenant_id, user_id, changed_at),
  CONSTRAINT earlier_passwords_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE password_resets (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  user_id uuid NOT NULL,
  style text NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  sent_at timestamptz,
  used_at timestamptz,
  CONSTRAINT password_resets_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT password_resets_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT password_resets_token_form CHECK (length(token_hash) = 32),
  CONSTRAINT password_resets_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX password_resets_user ON password_resets (tenant_id, user_id);

CREATE TABLE totp_secrets (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  sealed_secret text NOT NULL,
  last_step bigint NOT NULL,
  enrolled_at timestamptz DEFAULT now() NOT NULL,
  sealed_new_codes text,
  new_codes_at timestamptz,
  told_step bigint,
  new_codes_session uuid,
  CONSTRAINT totp_secrets_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT totp_secrets_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE enrolments (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  sealed_secret text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  session_id uuid,
  CONSTRAINT enrolments_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT enrolments_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  code_digest bytea NOT NULL,
  used_at timestamptz,
  key_id text,
  CONSTRAINT recovery_codes_tenant_id_user_id_code_digest_pk
    PRIMARY KEY (tenant_id, user_id, code_digest),
  CONSTRAINT recovery_codes_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

-- ------------------------------------------------------------------------------------------------
-- Single sign-on

CREATE TABLE sso_connections (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  protocol text NOT NULL,
  label text NOT NULL,
  "position" integer NOT NULL,
  state text DEFAULT 'draft' NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  issuer text NOT NULL,
  settings jsonb NOT NULL,
  sealed_secret text,
  secret_expires_at timestamptz,
  create_users boolean DEFAULT false NOT NULL,
  create_role text DEFAULT 'agent' NOT NULL,
  tested_at timestamptz,
  administrator_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  email_domains text[] DEFAULT '{}' NOT NULL,
  sealed_other_secret text,
  CONSTRAINT sso_connections_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT sso_connections_domains CHECK (cardinality(email_domains) <= 50),
  CONSTRAINT sso_connections_label CHECK (length(label) BETWEEN 1 AND 60),
  CONSTRAINT sso_connections_sizes
    CHECK (length(issuer) <= 1024 AND pg_column_size(settings) <= 262144),
  CONSTRAINT sso_connections_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sso_connections_entity ON sso_connections (tenant_id, issuer)
  WHERE protocol = 'saml';

CREATE TABLE sso_links (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  last_used_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT sso_links_tenant_id_connection_id_issuer_subject_pk
    PRIMARY KEY (tenant_id, connection_id, issuer, subject),
  CONSTRAINT sso_links_user UNIQUE (tenant_id, connection_id, user_id),
  CONSTRAINT sso_links_subject CHECK (length(subject) BETWEEN 1 AND 1024),
  CONSTRAINT sso_links_tenant_id_connection_id_sso_connections_tenant_id_id_
    FOREIGN KEY (tenant_id, connection_id)
    REFERENCES sso_connections(tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT sso_links_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE sso_flows (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  connection_id uuid NOT NULL,
  purpose text NOT NULL,
  browser_hash bytea NOT NULL,
  request_id text,
  return_to text,
  user_id uuid,
  ticket_hash bytea,
  ticket_until timestamptz,
  result jsonb,
  created_at timestamptz DEFAULT now() NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT sso_flows_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT sso_flows_request UNIQUE (tenant_id, request_id),
  CONSTRAINT sso_flows_ticket UNIQUE (tenant_id, ticket_hash),
  CONSTRAINT sso_flows_tenant_id_connection_id_sso_connections_tenant_id_id_
    FOREIGN KEY (tenant_id, connection_id)
    REFERENCES sso_connections(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sso_flows_browser ON sso_flows (tenant_id, browser_hash);

CREATE TABLE sso_seen (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  message_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sso_seen_tenant_id_connection_id_message_id_pk
    PRIMARY KEY (tenant_id, connection_id, message_id),
  CONSTRAINT sso_seen_tenant_id_connection_id_sso_connections_tenant_id_id_f
    FOREIGN KEY (tenant_id, connection_id)
    REFERENCES sso_connections(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE sso_failures (
  tenant_id uuid NOT NULL,
  code text NOT NULL,
  connection_id uuid,
  at timestamptz DEFAULT now() NOT NULL,
  reason text NOT NULL,
  received jsonb NOT NULL,
  address text NOT NULL,
  request_id text NOT NULL,
  solicited boolean DEFAULT true NOT NULL,
  CONSTRAINT sso_failures_tenant_id_code_pk PRIMARY KEY (tenant_id, code),
  CONSTRAINT sso_failures_tenant_id_connection_id_sso_connections_tenant_id_
    FOREIGN KEY (tenant_id, connection_id)
    REFERENCES sso_connections(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sso_failures_at ON sso_failures (tenant_id, at);

CREATE TABLE sso_reminders (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  thing text NOT NULL,
  days integer NOT NULL,
  at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT sso_reminders_tenant_id_connection_id_thing_days_pk
    PRIMARY KEY (tenant_id, connection_id, thing, days),
  CONSTRAINT sso_reminders_tenant_id_connection_id_sso_connections_tenant_id
    FOREIGN KEY (tenant_id, connection_id)
    REFERENCES sso_connections(tenant_id, id) ON DELETE CASCADE
);

-- ------------------------------------------------------------------------------------------------
-- Sign-in and sessions

CREATE TABLE attempts (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  password_at timestamptz,
  second_factor_at timestamptz,
  factor text,
  new_password_required text,
  sealed_secret text,
  secret_at timestamptz,
  return_to text,
  handoff_hash bytea,
  handoff_until timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  expires_at timestamptz NOT NULL,
  connection_id uuid,
  sso_subject text,
  sso_index text,
  sealed_hint text,
  CONSTRAINT attempts_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT attempts_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT attempts_token_form CHECK (length(token_hash) = 32),
  CONSTRAINT attempts_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX attempts_user ON attempts (tenant_id, user_id);

CREATE TABLE devices (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  last_seen_at timestamptz DEFAULT now() NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  remembered_until timestamptz,
  address text,
  user_agent text,
  CONSTRAINT devices_tenant_id_user_id_token_hash_pk PRIMARY KEY (tenant_id, user_id, token_hash),
  CONSTRAINT devices_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE throttles (
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  key_digest bytea NOT NULL,
  user_id uuid,
  fails integer NOT NULL,
  window_start timestamptz DEFAULT now() NOT NULL,
  locked_until timestamptz,
  refused integer DEFAULT 0 NOT NULL,
  locked_at timestamptz,
  locked_before timestamptz,
  CONSTRAINT throttles_tenant_id_kind_key_digest_pk PRIMARY KEY (tenant_id, kind, key_digest)
);
CREATE INDEX throttles_locked ON throttles (tenant_id, user_id) WHERE locked_until IS NOT NULL;

CREATE TABLE sessions (
  tenant_id uuid NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  factor text,
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  last_seen_at timestamptz DEFAULT now() NOT NULL,
  absolute_until timestamptz NOT NULL,
  connection_id uuid,
  sso_subject text,
  sso_index text,
  sealed_hint text,
  busy_at timestamptz,
  proved_at timestamptz DEFAULT now(),
  CONSTRAINT sessions_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  CONSTRAINT sessions_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT sessions_token_form CHECK (length(token_hash) = 32),
  CONSTRAINT sessions_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);

-- ------------------------------------------------------------------------------------------------
-- Audit trail

CREATE TABLE audit_events (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  event text NOT NULL,
  actor_id uuid,
  subject_id uuid,
  address text NOT NULL,
  request_id text NOT NULL,
  detail jsonb NOT NULL,
  key_id text NOT NULL,
  previous_mac bytea NOT NULL,
  mac bytea NOT NULL,
  CONSTRAINT audit_events_tenant_id_seq_pk PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_events_actor ON audit_events (tenant_id, actor_id, at, seq)
  WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_address ON audit_events (tenant_id, address, at, seq);
CREATE INDEX audit_events_at ON audit_events (tenant_id, at, seq);
CREATE INDEX audit_events_event ON audit_events (tenant_id, event, at, seq);
CREATE INDEX audit_events_subject ON audit_events (tenant_id, subject_id, at, seq)
  WHERE subject_id IS NOT NULL;

-- Where each chain ends, and where it begins once its oldest events were deleted.
CREATE TABLE audit_heads (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL,
  mac bytea NOT NULL,
  base_seq bigint DEFAULT 0 NOT NULL,
  base_mac bytea DEFAULT decode(repeat('00', 32), 'hex') NOT NULL,
  CONSTRAINT audit_heads_pkey PRIMARY KEY (tenant_id)
);

-- A check of the whole chain, running or finished: the last one of each tenant.
CREATE TABLE audit_checks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL,
  started_by uuid,
  started_at timestamptz DEFAULT now() NOT NULL,
  finished_at timestamptz,
  from_seq bigint NOT NULL,
  seq bigint NOT NULL,
  mac bytea NOT NULL,
  attested boolean NOT NULL,
  until_seq bigint NOT NULL,
  bad bigint DEFAULT 0 NOT NULL,
  bad_seqs bigint[] DEFAULT '{}' NOT NULL,
  cut_at bigint,
  proved_seq bigint,
  CONSTRAINT audit_checks_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT audit_checks_state_check CHECK (state IN ('running', 'holds', 'broken', 'cut'))
);

-- ------------------------------------------------------------------------------------------------
-- Phone

CREATE TABLE phone_settings (
  tenant_id uuid NOT NULL,
  domain text NOT NULL,
  socket text NOT NULL,
  ice_servers text[] DEFAULT '{}' NOT NULL,
  way text NOT NULL,
  sealed_secret text,
  country text NOT NULL,
  other_domains boolean DEFAULT false NOT NULL,
  wrap_up_seconds integer DEFAULT 30 NOT NULL,
  CONSTRAINT phone_settings_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT phone_settings_form
    CHECK (length(domain) BETWEEN 1 AND 253 AND socket ~ '^wss?://' AND length(socket) <= 300
      AND cardinality(ice_servers) <= 10 AND country ~ '^[A-Z]{2}$'
      AND wrap_up_seconds BETWEEN 0 AND 600),
  CONSTRAINT phone_settings_way
    CHECK (way = 'per-user' OR way = 'ephemeral' AND sealed_secret IS NOT NULL),
  CONSTRAINT phone_settings_tenant_id_tenants_id_fk
    FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);

CREATE TABLE phone_accounts (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  extension text NOT NULL,
  domain text NOT NULL,
  sealed_ha1 text NOT NULL,
  set_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT phone_accounts_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT phone_accounts_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE phone_calls (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  id uuid NOT NULL,
  direction text NOT NULL,
  outcome text NOT NULL,
  peer text NOT NULL,
  peer_name text,
  started_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz NOT NULL,
  CONSTRAINT phone_calls_tenant_id_user_id_id_pk PRIMARY KEY (tenant_id, user_id, id),
  CONSTRAINT phone_calls_form
    CHECK (direction IN ('in', 'out') AND length(peer) BETWEEN 1 AND 200
      AND length(peer_name) <= 100
      AND outcome IN ('answered', 'missed', 'rejected', 'elsewhere', 'busy',
        'no-answer', 'failed', 'cancelled')),
  CONSTRAINT phone_calls_tenant_id_user_id_users_tenant_id_id_fk
    FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX phone_calls_old ON phone_calls (tenant_id, started_at);
CREATE INDEX phone_calls_recent ON phone_calls (tenant_id, user_id, started_at);

-- ------------------------------------------------------------------------------------------------
-- Operators

CREATE TABLE operators (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  username text NOT NULL,
  first_name text NOT NULL,
  last_name text NOT NULL,
  status text DEFAULT 'active' NOT NULL,
  password_hash text NOT NULL,
  password_changed_at timestamptz DEFAULT now() NOT NULL,
  temporary_until timestamptz,
  sealed_secret text,
  last_step bigint DEFAULT 0 NOT NULL,
  told_step bigint,
  enrolled_at timestamptz,
  locale text,
  time_zone text DEFAULT 'America/Toronto' NOT NULL,
  last_sign_in_at timestamptz,
  last_sign_in_address text,
  created_at timestamptz DEFAULT now() NOT NULL,
  sealed_new_codes text,
  new_codes_at timestamptz,
  new_codes_session uuid,
  CONSTRAINT operators_pkey PRIMARY KEY (id),
  CONSTRAINT operators_username UNIQUE (username),
  CONSTRAINT operators_status CHECK (status IN ('active', 'disabled')),
  CONSTRAINT operators_username_form CHECK (username ~ '^[a-z][a-z0-9._@+-]{1,63}$')
);

CREATE TABLE operator_sessions (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  token_hash bytea NOT NULL,
  operator_id uuid NOT NULL,
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  last_seen_at timestamptz DEFAULT now() NOT NULL,
  absolute_until timestamptz NOT NULL,
  proved_at timestamptz DEFAULT now(),
  CONSTRAINT operator_sessions_pkey PRIMARY KEY (id),
  CONSTRAINT operator_sessions_token UNIQUE (token_hash),
  CONSTRAINT operator_sessions_token_form CHECK (length(token_hash) = 32),
  CONSTRAINT operator_sessions_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES operators(id) ON DELETE CASCADE
);
CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);

CREATE TABLE operator_attempts (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  token_hash bytea NOT NULL,
  operator_id uuid NOT NULL,
  second_factor_at timestamptz,
  sealed_secret text,
  secret_at timestamptz,
  return_to text,
  created_at timestamptz DEFAULT now() NOT NULL,
  expires_at timestamptz NOT NULL,
  factor text,
  CONSTRAINT operator_attempts_pkey PRIMARY KEY (id),
  CONSTRAINT operator_attempts_token UNIQUE (token_hash),
  CONSTRAINT operator_attempts_factor_check CHECK (factor IN ('totp', 'recovery-code')),
  CONSTRAINT operator_attempts_token_form CHECK (length(token_hash) = 32),
  CONSTRAINT operator_attempts_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES operators(id) ON DELETE CASCADE
);
CREATE INDEX operator_attempts_operator ON operator_attempts (operator_id);

CREATE TABLE operator_devices (
  operator_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  last_seen_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT operator_devices_operator_id_token_hash_pk PRIMARY KEY (operator_id, token_hash),
  CONSTRAINT operator_devices_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES operators(id) ON DELETE CASCADE
);

CREATE TABLE operator_recovery_codes (
  operator_id uuid NOT NULL,
  code_digest bytea NOT NULL,
  used_at timestamptz,
  key_id text,
  CONSTRAINT operator_recovery_codes_operator_id_code_digest_pk
    PRIMARY KEY (operator_id, code_digest),
  CONSTRAINT operator_recovery_codes_digest_form CHECK (length(code_digest) = 32),
  CONSTRAINT operator_recovery_codes_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES operators(id) ON DELETE CASCADE
);

-- ------------------------------------------------------------------------------------------------
-- The service itself

-- Counted on every request and worth nothing after a crash.
CREATE UNLOGGED TABLE volume_limits (
  key text NOT NULL,
  "window" bigint NOT NULL,
  count integer NOT NULL,
  CONSTRAINT volume_limits_key_window_pk PRIMARY KEY (key, "window")
);

-- What each key of GATEHOUSE_SECRETS makes of a fixed text: a different key under the same id is
-- detected at start.
CREATE TABLE key_checks (
  key_id text NOT NULL,
  check_value bytea NOT NULL,
  first_used_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT key_checks_pkey PRIMARY KEY (key_id),
  CONSTRAINT key_checks_check_value_check CHECK (octet_length(check_value) = 32),
  CONSTRAINT key_checks_key_id_check CHECK (key_id ~ '^[A-Za-z0-9]{1,16}$')
);

-- What the server saw of its clients' addresses under one proxy setting, for `gatehouse doctor`.
CREATE TABLE client_warnings (
  setting text NOT NULL,
  at timestamptz DEFAULT now() NOT NULL,
  address text NOT NULL,
  passed_over integer NOT NULL,
  CONSTRAINT client_warnings_pkey PRIMARY KEY (setting)
);

-- ------------------------------------------------------------------------------------------------
-- Row security: a transaction sees the tenant that it names in app.tenant, and nothing else. FORCE
-- binds the owner too.

DO $$
DECLARE
  t text;
BEGIN
  FOR t IN SELECT table_name FROM information_schema.columns
      WHERE table_schema = current_schema() AND column_name = 'tenant_id' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I'
      ' USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;

-- ------------------------------------------------------------------------------------------------
-- Triggers

--> function audit/advance_audit_head
CREATE TRIGGER audit_events_chain AFTER INSERT ON audit_events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION advance_audit_head();

--> function users/note_password
CREATE TRIGGER passwords_waiting AFTER INSERT OR DELETE ON passwords
  FOR EACH ROW EXECUTE FUNCTION note_password();

--> function second-factor/note_enrolment
CREATE TRIGGER totp_secrets_enrolled AFTER INSERT OR DELETE ON totp_secrets
  FOR EACH ROW EXECUTE FUNCTION note_enrolment();

--> function users/next_user_version
CREATE TRIGGER users_version BEFORE UPDATE OF username, extension, first_name, last_name, email,
    role, status, emergency, second_factor_required, locale ON users FOR EACH ROW
  WHEN ((OLD.username, OLD.extension, OLD.first_name, OLD.last_name, OLD.email, OLD.role, OLD.status,
      OLD.emergency, OLD.second_factor_required, OLD.locale) IS DISTINCT FROM
    (NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email, NEW.role, NEW.status,
      NEW.emergency, NEW.second_factor_required, NEW.locale))
  EXECUTE FUNCTION next_user_version();

--> function users/note_user_words
CREATE TRIGGER users_words_new AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION note_user_words();
CREATE TRIGGER users_words_changed
  AFTER UPDATE OF username, extension, first_name, last_name, email ON users FOR EACH ROW
  WHEN ((OLD.username, OLD.extension, OLD.first_name, OLD.last_name, OLD.email) IS DISTINCT FROM
    (NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email))
  EXECUTE FUNCTION note_user_words();

--> function users/note_email_key
CREATE TRIGGER users_email_new AFTER INSERT ON users
  FOR EACH ROW WHEN (NEW.email IS NOT NULL) EXECUTE FUNCTION note_email_key();
CREATE TRIGGER users_email_changed AFTER UPDATE OF email ON users FOR EACH ROW
  WHEN (lower(OLD.email COLLATE "C") IS DISTINCT FROM lower(NEW.email COLLATE "C"))
  EXECUTE FUNCTION note_email_key();

--> function users/note_last_sign_in
CREATE TRIGGER users_sign_in AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION note_last_sign_in();

--> function phone/forget_phone_account
CREATE TRIGGER users_phone_account AFTER UPDATE OF extension ON users FOR EACH ROW
  WHEN (OLD.extension IS DISTINCT FROM NEW.extension) EXECUTE FUNCTION forget_phone_account();

--> function users/forget_user
CREATE TRIGGER users_forgotten AFTER DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION forget_user();
