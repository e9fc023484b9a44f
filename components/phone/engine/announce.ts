import { ringingCalls, ringSoundOf } from '@/components/phone/machine/alerts';
import { isBusy, isCalling, type PhoneState } from '@/components/phone/machine/state';
import { heartbeat } from './heartbeat';
import { notifier } from './notify';
import type { Dispatch, Portal, TabLock } from './ports';
import type { ringer } from './ring';
import { runReportingErrors } from './serialize';

type Announcers = {
  dispatch: Dispatch;
  portal: Portal;
  lock: TabLock;
  ring: ReturnType<typeof ringer>;
  /** The title of a notification. */
  title: string;
};

/** Returns what announces a change of state to the user, the other tabs and the portal. */
export function changeAnnouncer({ dispatch, portal, lock, ring, title }: Announcers) {
  const notifications = notifier();
  const beat = heartbeat(portal.reportBusy, (why) => dispatch({ type: 'session-ended', why }));

  return (before: PhoneState, after: PhoneState) => {
    runReportingErrors(() => ring.set(ringSoundOf(after)));
    runReportingErrors(() =>
      notifications.show(ringingCalls(after).map(({ id, peer, peerName }) => ({ id, title, text: peerName ?? peer }))),
    );
    if (isCalling(before) !== isCalling(after)) lock.announceBusy();
    if (isBusy(before) !== isBusy(after)) beat(isBusy(after));
  };
}
