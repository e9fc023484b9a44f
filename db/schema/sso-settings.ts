/** Settings that are not secret; the secret is in a sealed column. */
export type OidcSettings = {
  clientId: string;
  scopes: string[];
  /** Some providers do not decode percent-encoded basic credentials, so this is a choice. */
  tokenAuth: 'client_secret_basic' | 'client_secret_post';
  /** Entra's tenant id: with it the issuer of every id_token must be that tenant's. */
  entraTenant: string | null;
  /** Offer "also sign out of your company account" (RP-initiated logout). */
  logout: boolean;
  /** Accept an address in the connection's domains although no claim says that it is verified. */
  trustsAddresses?: boolean;
  /** What follows the `?` of the configuration's address, such as Entra's `appid`. */
  configurationQuery?: string;
};

export type SamlCertificate = {
  pem: string;
  notAfter: string;
  fingerprint: string;
  /** When it disappeared from the provider's metadata; it stays valid for one day. */
  goneSince?: string;
};

/** HTTP-Redirect or HTTP-POST. */
export type Binding = 'redirect' | 'post';

export type SamlSettings = {
  /** Refetched daily; null where the metadata was given as a file or as text. */
  metadataUrl: string | null;
  metadataFetchedAt: string | null;
  /**
   * Why the last fetch brought nothing, as a code of `failures`; the copy before it stays in force.
   */
  metadataError: string | null;
  /** What that code's sentence names. */
  metadataErrorDetail?: Record<string, string | number>;
  signOnUrl: string;
  /** How requests reach the provider; redirects if absent. */
  signOnBinding?: Binding;
  logoutUrl: string | null;
  logoutBinding?: Binding;
  /** Where logout responses go, if not to `logoutUrl`. */
  logoutResponseUrl?: string | null;
  /** Every one of them may sign: two during a change of keys. */
  certificates: SamlCertificate[];
  /** Our certificate, whose private key is the connection's sealed secret. */
  ourCertificate: SamlCertificate;
  /** Our other key pair: the published next one, or the previous one, which still decrypts. */
  otherKeys?: { use: 'next' | 'previous'; certificate: SamlCertificate } | null;
  /** Refuse an answer whose assertion alone is signed. */
  responseSigned: boolean;
  /**
   * Attribute that holds the e-mail address; null takes the usual names and then an e-mail NameID.
   */
  emailAttribute: string | null;
  /** Answer a sign-in that began at the provider by beginning one of ours. */
  idpInitiated: boolean;
  logout: boolean;
};

export type ConnectionSettings = OidcSettings | SamlSettings;
