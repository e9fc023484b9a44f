import { Frame } from '@/app/_parts/portal-frame';
import { PhoneScreen } from '@/components/phone/phone-screen';
import { PageTitle } from '@/components/ui/page-title';
import { allMessages } from '@/lib/language/messages';
import { anyone, requirePhone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('phone');
  return { title: t('title') };
}

export default async function PhonePage() {
  const visit = await requirePhone();
  const { phone, phoneDock } = allMessages(visit.locale);
  return (
    <Frame visit={visit} tab="phone">
      <PageTitle>{phone.title}</PageTitle>
      <noscript>
        <p>{phone.noScript}</p>
      </noscript>
      <PhoneScreen
        socket={visit.phone.socket}
        words={phone}
        notification={phoneDock.notification}
        locale={visit.locale}
        timeZone={visit.timeZone}
      />
    </Frame>
  );
}
