/** What a form sends along that nobody types. */
export function HiddenFields({ values = {} }: { values?: Record<string, string> }) {
  return Object.entries(values).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />);
}
