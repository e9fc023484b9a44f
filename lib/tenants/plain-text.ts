/** Whether a name is one that can be read as it is written: no control characters, none that turn the direction or hide. Pure. */
export function isPlainText(text: string) {
  return text.trim() !== '' && !/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u.test(text);
}
