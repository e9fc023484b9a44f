/** What an action tells its form. Every sentence is already in the reader's language. */
export type FormState = {
  status: 'idle' | 'failed' | 'done';
  /** One sentence for the live region above the form. */
  message?: string;
  /**
   * What proves who sends the form, asked under the message: a field `proof`, or a page of the
   * identity providers.
   */
  proof?: { kind: 'password' | 'code' | 'provider'; label: string; show: string; hide: string };
  /** A link that loads the page again, where the form is out of date. */
  reload?: { href: string; label: string };
  /** A sentence per field name. */
  fields?: Record<string, string>;
  /**
   * After a conflict, the saved values that end those sentences; a choice shows its label instead.
   */
  saved?: Record<string, string>;
  /** What was typed, given back so that nothing is lost; never passwords or codes. */
  values?: Record<string, string>;
  /** Things shown once: recovery codes, a temporary password. */
  shown?: {
    recoveryCodes?: string[];
    temporaryPassword?: string;
    slip?: Slip;
    slips?: ({ userId: string } & Slip)[];
    preview?: Preview;
  };
  /** A form that the browser must post to another host of ours (root domain to tenant). */
  handoff?: { action: string; token: string; label: string };
  /** Told when the same answer comes twice, so that it is announced again. */
  at?: number;
};

/** A printed sign-in slip: the address to open, and the code to type there. */
type Slip = { url: string; page: string; code: string };

/**
 * What would come of what is typed, before it is saved; `confirmation` goes along with the same
 * values to save them.
 */
export type Preview = { lines: { tone: 'info' | 'warning' | 'danger'; text: string }[]; confirmation: string | null };

export const IDLE: FormState = { status: 'idle' };

export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>;
