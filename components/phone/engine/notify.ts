type Notice = { id: string; title: string; text: string };

/** Shows who calls to a person who looks at something else, where he has allowed it. */
export function notifier() {
  const shown = new Map<string, Notification>();

  function show(wanted: Notice[]) {
    for (const [id, notification] of shown) {
      if (wanted.some((one) => one.id === id)) continue;
      notification.close();
      shown.delete(id);
    }
    if (wanted.length === 0 || !canNotify() || isLookedAt()) return;
    for (const { id, title, text } of wanted) {
      if (shown.has(id)) continue;
      const notification = open(id, title, text);
      if (notification) shown.set(id, notification);
    }
  }

  return { show };
}

/** Whether the browser shows notifications at all, and whether the person has been asked. */
export function notificationState(): 'granted' | 'denied' | 'default' | 'unsupported' {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

function canNotify() {
  return notificationState() === 'granted';
}

/** A window behind another one is visible to its browser, and not to the person. */
function isLookedAt() {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/** Chrome on Android allows it and then throws: there only a service worker shows any. */
function open(id: string, title: string, text: string) {
  try {
    const notification = new Notification(title, { body: text, tag: id, requireInteraction: true });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return notification;
  } catch {
    return undefined;
  }
}
