import { buttonClass } from '@/components/ui/tone';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';

type Props = { connection: Connection; primary?: boolean; again?: boolean };

/** The real round trip, in a window of its own: this page stays to compare with. Once there, it is gone through again in the same one. */
export async function TestLink({ connection, primary, again }: Props) {
  const t = await getTranslations('singleSignOn');
  return (
    <a
      href={`/sso/start/${connection.id}?purpose=test`}
      className={buttonClass({ tone: primary ? 'primary' : 'quiet' })}
      {...(again ? {} : { target: '_blank', rel: 'noopener' })}
    >
      {t(again ? 'testAgain' : 'test')}
      {again ? null : <span className="visually-hidden">{t('newWindow')}</span>}
    </a>
  );
}
