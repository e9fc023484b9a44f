/** A setting is missing or wrong. `variable` names it, `fix` says how to fix it. */
export class InvalidEnv extends Error {
  override name = 'InvalidEnv';
  constructor(
    readonly variable: string,
    readonly fix: string,
  ) {
    super(`${variable}: ${fix}`);
  }
}
