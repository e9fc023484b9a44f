'use client';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
const LETTERS: Record<string, string> = {
  2: 'ABC',
  3: 'DEF',
  4: 'GHI',
  5: 'JKL',
  6: 'MNO',
  7: 'PQRS',
  8: 'TUV',
  9: 'WXYZ',
};

export function Keypad({
  label,
  onKey,
  disabled,
}: {
  label: string;
  onKey: (key: string) => void;
  disabled?: boolean;
}) {
  return (
    <fieldset className="keypad" disabled={disabled}>
      <legend className="visually-hidden">{label}</legend>
      {KEYS.map((key) => (
        <button
          key={key}
          type="button"
          className="keypad-key"
          data-letters={LETTERS[key] ?? ''}
          onClick={() => onKey(key)}
        >
          {key}
        </button>
      ))}
    </fieldset>
  );
}
