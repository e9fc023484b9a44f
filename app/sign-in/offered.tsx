import { LinkButton } from '@/components/ui/link-button';
import { getTranslations } from '@/lib/request/translations';

type Props = { connections: { id: string; label: string }[]; returnTo: string; alone: boolean };

/**
 * A button for each identity provider; plain links, so that they work in every browser and cost the
 * page no script.
 */
export async function Offered({ connections, returnTo, alone }: Props) {
  const query = returnTo ? `?${new URLSearchParams({ return_to: returnTo })}` : '';
  const t = await getTranslations('signIn');
  return (
    <div className="stack mt-4">
      {alone ? null : <p className="muted text-center">{t('or')}</p>}
      <ul className="stack-tight">
        {connections.map(({ id, label }) => (
          <li key={id}>
            <LinkButton href={`/sso/start/${id}${query}`} tone={alone ? 'primary' : 'quiet'} full>
              {label}
            </LinkButton>
          </li>
        ))}
      </ul>
    </div>
  );
}
