import type { MicrophoneState } from '@/components/phone/machine/state';
import { chosenDevices } from './devices';
import type { Microphones } from './ports';

/**
 * Returns access to the microphone. `onChange` is called when the permission or the devices change.
 */
export function microphones(onChange: (status: MicrophoneState) => void): Microphones {
  let isWatching = false;

  async function check(): Promise<MicrophoneState> {
    if (!navigator.mediaDevices?.getUserMedia || !('RTCPeerConnection' in window)) return 'unsupported';
    const permission = await permissionOf();
    if (!isWatching) watch(permission);
    if (permission?.state === 'denied') return 'blocked';
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    if (!devices.some(({ kind }) => kind === 'audioinput')) return 'missing';
    return permission?.state === 'granted' ? 'granted' : 'prompt';
  }

  function watch(permission: PermissionStatus | null) {
    isWatching = true;
    const report = () => void check().then(onChange);
    permission?.addEventListener('change', report);
    navigator.mediaDevices.addEventListener('devicechange', report);
  }

  async function open(): ReturnType<Microphones['open']> {
    const id = chosenDevices().microphone;
    const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    for (const audio of id ? [{ ...processing, deviceId: { exact: id } }, processing] : [processing]) {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio });
        return { ok: true, stream };
      } catch (error) {
        const failure = failureOf(error);
        // The chosen device may be unplugged: fall back to the system's.
        if (failure === 'missing' && 'deviceId' in audio) continue;
        return { ok: false, status: failure };
      }
    }
    return { ok: false, status: 'missing' };
  }

  return { check, open };
}

export function stopStream(stream: MediaStream | undefined) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function failureOf(error: unknown): MicrophoneState {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  return 'missing';
}

/** Returns null where the browser cannot tell; then the first call prompts. */
async function permissionOf() {
  try {
    return await navigator.permissions.query({ name: 'microphone' as PermissionName });
  } catch {
    return null;
  }
}
