import { getTranslations } from '@/lib/request/translations';
import { CopyButton } from './copy-button';

export async function ManualKey({ secret, label }: { secret: string; label: string }) {
  const t = await getTranslations('forms');
  return (
    <div className="stack-tight">
      <p className="field-label">{label}</p>
      <p className="key" data-manual-key>
        {groupsOfFour(secret).map((group) => (
          <span key={group.at}>{group.text} </span>
        ))}
      </p>
      <div>
        <CopyButton text={secret} label={t('copyKey')} copied={t('copied')} />
      </div>
    </div>
  );
}

function groupsOfFour(secret: string): { at: number; text: string }[] {
  const count = Math.ceil(secret.length / 4);
  return Array.from({ length: count }, (_, index) => ({ at: index, text: secret.slice(index * 4, index * 4 + 4) }));
}
