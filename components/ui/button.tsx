import type { ComponentProps } from 'react';
import { type ButtonLook, buttonClass } from './tone';

type Props = ButtonLook & Omit<ComponentProps<'button'>, 'className' | 'style'>;

export function Button({ tone, full, small, type = 'button', ...rest }: Props) {
  return <button {...rest} type={type} className={buttonClass({ tone, full, small })} />;
}
