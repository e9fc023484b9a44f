/** Promises text fit for a header or one line of a mail: no control or direction-changing characters, cut to `longest` code points. */
export function oneLine(text: string, longest: number): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const points = [...clean];
  return points.length > longest ? `${points.slice(0, longest - 1).join('')}…` : clean;
}
