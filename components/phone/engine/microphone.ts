import type { Microphones } from '@/components/phone/machine/ports';
import type { Microphone } from '@/components/phone/machine/state';
import { chosenDevices } from './devices';

/** Promises the microphone of this browser; `changed` hears when permission or devices change. */
export function microphones(changed: (is: Microphone) => void): Microphones {
  let watching = false;

  async function look(): Promise<Microphone> {
    if (!navigator.mediaDevices?.getUserMedia || !('RTCPeerConnection' in window)) return 'unsupported';
    const permission = await permissionOf();
    if (!watching) watch(permission);
    if (permission?.state === 'denied') return 'blocked';
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    if (!devices.some(({ kind }) => kind === 'audioinput')) return 'missing';
    return permission?.state === 'granted' ? 'granted' : 'prompt';
  }

  function watch(permission: PermissionStatus | null) {
    watching = true;
    const tell = () => void look().then(changed);
    permission?.addEventListener('change', tell);
    navigator.mediaDevices.addEventListener('devicechange', tell);
  }

  async function open(): ReturnType<Microphones['open']> {
    const id = chosenDevices().microphone;
    const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    for (const audio of id ? [{ ...processing, deviceId: { exact: id } }, processing] : [processing]) {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio });
        return { ok: true, stream };
      } catch (error) {
        const why = failureOf(error);
        // The chosen one may lie in a drawer; the system's own will do.
        if (why === 'missing' && 'deviceId' in audio) continue;
        return { ok: false, is: why };
      }
    }
    return { ok: false, is: 'missing' };
  }

  return { look, open };
}

function failureOf(error: unknown): Microphone {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'missing';
}

/** Not every browser tells; then the first call asks. */
async function permissionOf() {
  try {
    return await navigator.permissions.query({ name: 'microphone' as PermissionName });
  } catch {
    return null;
  }
}
