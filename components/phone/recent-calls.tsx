'use client';

import { useCallback, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { usableZone } from '@/lib/language/time-zones';
import type { EndedCall } from '@/lib/phone/wire';
import { callExtension, callTarget } from './call-target';
import { runningEngine } from './place';
import { usePhone } from './use-phone';
import { fill, type PhoneWords } from './words';

const SHOWN_AT_FIRST = 8;

type Props = { words: PhoneWords; locale: 'en' | 'fr'; timeZone: string };

export function RecentCalls({ words, locale, timeZone }: Props) {
  const [calls, setCalls] = useState<EndedCall[] | 'unavailable' | null>(null);
  const [isExpanded, setExpanded] = useState(false);
  const load = useCallback(async () => {
    if (runningEngine()?.phone.registration.state === 'signed-out') return;
    const { recentCalls } = await import('./engine/portal');
    const found = await recentCalls();
    setCalls((before) => found ?? (Array.isArray(before) ? before : 'unavailable'));
  }, []);
  useEffect(() => {
    void load();
    addEventListener('gatehouse:call-kept', load);
    return () => removeEventListener('gatehouse:call-kept', load);
  }, [load]);
  const list = Array.isArray(calls) ? calls : [];
  const note = calls === 'unavailable' ? words.recent.away : calls && list.length === 0 ? words.recent.empty : null;
  const dateTime = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: usableZone(timeZone),
  });
  return (
    <Card title={words.recent.title}>
      {note ? <p className="muted">{note}</p> : null}
      {list.length > 0 ? (
        <ul className="phone-list">
          {list.slice(0, isExpanded ? undefined : SHOWN_AT_FIRST).map((call) => (
            <Entry key={call.id} call={call} words={words} dateTime={dateTime} />
          ))}
        </ul>
      ) : null}
      {!isExpanded && list.length > SHOWN_AT_FIRST ? (
        <div className="row mt-3">
          <Button small onClick={() => setExpanded(true)}>
            {words.recent.more}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function Entry({ call, words, dateTime }: { call: EndedCall; words: PhoneWords; dateTime: Intl.DateTimeFormat }) {
  const isReady = usePhone().registration.state === 'ready';
  const name = call.peerName ?? call.peer;
  const isMissed = call.direction === 'in' && call.outcome === 'missed';
  const outcome = call.outcome === 'answered' ? durationText(call, words) : words.recent[call.outcome];
  return (
    <li>
      <span className="min-w-0">
        <bdi className={isMissed ? 'missed' : undefined}>{name}</bdi>
        {call.peerName ? <span className="muted"> {call.peer}</span> : null}
        <span className="block text-sm muted">
          {call.direction === 'in' ? words.recent.in : words.recent.out}
          {' · '}
          <span className={isMissed ? 'missed' : undefined}>{outcome}</span>
          {' · '}
          <time dateTime={call.startedAt}>{dateTime.format(new Date(call.startedAt))}</time>
        </span>
      </span>
      <Button
        small
        aria-label={fill(words.recent.call, { name })}
        aria-disabled={!isReady}
        onClick={() => callBack(call)}
      >
        {words.dial.call}
      </Button>
    </li>
  );
}

function callBack({ peer, peerName }: EndedCall) {
  if (/^\d{2,10}$/.test(peer)) return callExtension(peer, peerName);
  const account = runningEngine()?.phone.account;
  if (!account) return false;
  if (peer.includes('@') && !account.otherDomains) return false;
  const user = peer.replace(/#/g, '%23');
  return callTarget({ uri: peer.includes('@') ? `sip:${peer}` : `sip:${user}@${account.domain}`, peer }, peerName);
}

function durationText({ answeredAt, endedAt }: EndedCall, words: PhoneWords) {
  const seconds = Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(answeredAt ?? endedAt)) / 1000));
  return fill(words.recent.lasted, { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}
