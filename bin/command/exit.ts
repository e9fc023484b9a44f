/** What the command line's exit says; docs/command-line.md lists it for scripts. */
export const EXIT = {
  done: 0,
  /** A rule refused it: nothing was changed. */
  refused: 1,
  /** The words or options are not right. */
  misused: 2,
  /** Settings are missing, or the database does not answer. */
  unavailable: 3,
  /** It was looked for and found: a chain that does not hold, a doctor's finding. */
  found: 4,
  bug: 5,
} as const;
