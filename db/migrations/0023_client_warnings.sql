-- What the server saw of its clients' addresses under one setting of its proxies, for `gatehouse doctor`. No tenant's.
CREATE TABLE client_warnings (
  setting text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  address text NOT NULL,
  passed_over integer NOT NULL
);
