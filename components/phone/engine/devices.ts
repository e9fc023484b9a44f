/** The chosen devices by their ids; empty is the system's own. Kept in this browser. */
export type Devices = { microphone: string; speaker: string };

const KEY = 'gatehouse-phone-devices';

export function chosenDevices(): Devices {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Devices>;
    return { microphone: text(kept.microphone), speaker: text(kept.speaker) };
  } catch {
    return { microphone: '', speaker: '' };
  }
}

export function chooseDevice(kind: keyof Devices, id: string) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...chosenDevices(), [kind]: id }));
  } catch {
    // Without storage the choice is the system's.
  }
}

function text(value: unknown) {
  return typeof value === 'string' ? value : '';
}
