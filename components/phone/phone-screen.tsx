'use client';

import { useEffect, useState } from 'react';
import type { Call } from '@/components/phone/machine/state';
import { CallCard } from './call-card';
import { DeviceCard } from './device-card';
import { DialForm } from './dial-form';
import { Directory } from './directory';
import { startPhone } from './place';
import { RecentCalls } from './recent-calls';
import { StateLine } from './state-line';
import { usePhone } from './use-phone';
import type { PhoneWords } from './words';
import { WrapUp } from './wrap-up';

/** Incoming calls must be visible without scrolling. */
function ringingFirst(calls: Call[]) {
  return calls.toSorted((a, b) => Number(b.phase === 'incoming') - Number(a.phase === 'incoming'));
}

type Props = {
  socket: string;
  words: PhoneWords;
  notification: string;
  locale: 'en' | 'fr';
  timeZone: string;
};

export function PhoneScreen({ socket, words, notification, locale, timeZone }: Props) {
  const phone = usePhone();
  const [number, setNumber] = useState('');
  useEffect(() => {
    void startPhone({ socket, words: { notification } });
  }, [socket, notification]);
  return (
    <div className="phone only-js">
      <div className="stack">
        <StateLine words={words} />
        {ringingFirst(phone.calls).map((call) => (
          <CallCard key={call.id} call={call} words={words} />
        ))}
        {phone.wrapUp ? <WrapUp wrapUp={phone.wrapUp} words={words} /> : null}
        <DialForm words={words} number={number} onNumber={setNumber} />
      </div>
      <div className="stack">
        <Directory words={words} />
        <RecentCalls words={words} locale={locale} timeZone={timeZone} />
        <DeviceCard words={words} />
      </div>
    </div>
  );
}
