type CallNotification = { id: string; title: string; text: string };

/** Shows incoming calls as notifications while the page is not focused, where permitted. */
export function notifier() {
  const shown = new Map<string, Notification>();

  function show(calls: CallNotification[]) {
    for (const [id, notification] of shown) {
      if (calls.some((call) => call.id === id)) continue;
      notification.close();
      shown.delete(id);
    }
    if (calls.length === 0 || !canNotify() || isFocused()) return;
    for (const { id, title, text } of calls) {
      if (shown.has(id)) continue;
      const notification = open(id, title, text);
      if (notification) shown.set(id, notification);
    }
  }

  return { show };
}

/** Returns the permission for notifications, or that the browser has none. */
export function notificationState(): 'granted' | 'denied' | 'default' | 'unsupported' {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

function canNotify() {
  return notificationState() === 'granted';
}

/** A covered window is visible to the browser, so the focus counts too. */
function isFocused() {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/**
 * Chrome on Android throws despite the permission: it supports service worker notifications only.
 */
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
