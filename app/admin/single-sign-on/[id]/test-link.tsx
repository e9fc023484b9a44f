import { buttonClass } from '@/components/ui/tone';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';

type Props = { connection: Connection; primary?: boolean; again?: boolean };

/** Links to a test in a new window, so that this page stays open; `again` repeats it there. */
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
