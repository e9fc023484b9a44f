import type { FieldWords } from './field-frame';
import { NewPasswordInput } from './new-password-input';
import { meterWords, passwordWords } from './password-words';

type Props = FieldWords & { minLength: number; context?: string[]; required?: boolean; autoFocus?: boolean };

export async function NewPasswordField({ minLength, context = [], ...field }: Props) {
  const [words, meter] = await Promise.all([passwordWords(), meterWords(minLength)]);
  return <NewPasswordInput {...field} context={context} minLength={minLength} words={words} meter={meter} />;
}
