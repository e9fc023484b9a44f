/** A setting is missing or wrong. `variable` names it, `mend` says how to fix it. */
export class InvalidEnv extends Error {
  override name = 'InvalidEnv';
  constructor(
    readonly variable: string,
    readonly mend: string,
  ) {
    super(`${variable}: ${mend}`);
  }
}
