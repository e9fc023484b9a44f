/** The embedded database cannot or must not start; the message is one line for a person, with the mend. */
export class EmbeddedRefused extends Error {
  override name = 'EmbeddedRefused';
}
