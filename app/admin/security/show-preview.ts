import type { FormState, Preview } from '@/lib/forms/state';
import type { PolicyEffect, PolicyInput } from '@/lib/policies/preview';
import { getTranslations } from '@/lib/request/translations';

type Line = Preview['lines'][number];

/**
 * Returns the effect of a policy in sentences, with `confirmation` unless it cannot be saved.
 * `changed` says that the form no longer matches the preview shown before.
 */
export async function showPreview(
  input: PolicyInput,
  effect: PolicyEffect,
  confirmation: string,
  { address, changed }: { address: string; changed: boolean },
): Promise<FormState> {
  const t = await getTranslations('security.preview');
  const { people } = effect;
  const lines: Line[] = [];
  const say = (tone: Line['tone'], text: string) => lines.push({ tone, text });

  if (changed) say('info', t('changed'));
  const shut = input.networks.length > 0 && (effect.youOutside || effect.administratorsInside === 0);
  if (effect.youOutside) say('danger', t('youOutside', { address }));
  else if (shut) say('danger', t('nobodyInside'));
  if (input.secondFactor === 'required' && effect.withoutSecondFactor > 0)
    say('warning', t('withoutSecondFactor', { count: effect.withoutSecondFactor, people }));
  if (input.secondFactor === 'off' && effect.withSecondFactor > 0)
    say('warning', t('withSecondFactor', { count: effect.withSecondFactor, people }));
  if (effect.signedOut > 0) say('warning', t('signedOut', { count: effect.signedOut, people }));
  if (effect.youSignedOut && !effect.youOutside) say('warning', t('youSignedOut'));
  if (effect.outside > 0) say('warning', t('outside', { count: effect.outside, people }));
  if (!input.rememberDevices && effect.remembered > 0) say('warning', t('forgotten', { count: effect.remembered }));
  if (effect.withoutEmail > 0) say('info', t('withoutEmail', { count: effect.withoutEmail, people }));
  if (lines.length === (changed ? 1 : 0)) say('info', t('nobody', { people }));
  return { status: 'idle', shown: { preview: { lines, confirmation: shut ? null : confirmation } }, at: Date.now() };
}
