import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { UserAction } from '@/components/forms/user-action';
import { Card } from '@/components/ui/card';
import { showMoment } from '@/lib/language/show';
import { findPhoneAccount } from '@/lib/phone/accounts';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';
import { removeUserSipPassword, setUserSipPassword } from './actions';

/** A user's account at the SIP server, where each has their own. */
export async function PhoneForms({ user, visit }: { user: ListedUser; visit: PortalVisit }) {
  const account = await findPhoneAccount(visit.tenant, user.id);
  if (!account) return null;
  const t = await getTranslations('user');
  const { extension, firstName } = user;
  const hidden = { as: visit.user.id, user: user.id };
  const { domain, setAt } = account;
  return (
    <Card title={t('sipAccount')} description={t('sipAccountWhat')}>
      {extension ? (
        <div className="stack">
          <ActionForm action={setUserSipPassword} hidden={hidden} className="form">
            <PasswordField
              name="password"
              label={t('sipPassword', { address: `${extension}@${domain}` })}
              hint={t('sipPasswordHint')}
              autoComplete="new-password"
              required
            />
            <SubmitButton pending={t('settingSipPassword')} tone="quiet">
              {t('setSipPassword')}
            </SubmitButton>
          </ActionForm>
          <ul>
            <UserAction
              now={
                setAt
                  ? t('hasSipAccount', { when: showMoment(setAt, visit.locale, visit.timeZone) })
                  : t('noSipAccount', { firstName })
              }
              offered={setAt !== null}
              action={removeUserSipPassword}
              hidden={hidden}
              trigger={t('removeSipPassword')}
              question={t('removeSipPasswordFor', { name: `${firstName} ${user.lastName}` })}
              explain={t('removeSipPasswordWhat', { firstName })}
              pending={t('changing')}
            />
          </ul>
        </div>
      ) : (
        <p>{t('sipNeedsExtension', { firstName })}</p>
      )}
    </Card>
  );
}
