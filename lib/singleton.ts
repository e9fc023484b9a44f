/**
 * Returns the one value of this process under a name, made on first use. Next loads a module once
 * per bundle, so a variable of the module would exist several times.
 */
export function singleton<Value>(name: string, make: () => Value): Value {
  const kept = globalThis as { [key: symbol]: unknown };
  const key = Symbol.for(`gatehouse.${name}`);
  kept[key] ??= make();
  return kept[key] as Value;
}
