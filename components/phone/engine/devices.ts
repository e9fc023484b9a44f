/** The ids of the chosen devices, stored in this browser. Empty is the system's default. */
export type ChosenDevices = { microphone: string; speaker: string };

const KEY = 'gatehouse-phone-devices';

export function chosenDevices(): ChosenDevices {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ChosenDevices>;
    return { microphone: stringOrEmpty(stored.microphone), speaker: stringOrEmpty(stored.speaker) };
  } catch {
    return { microphone: '', speaker: '' };
  }
}

export function chooseDevice(kind: keyof ChosenDevices, id: string) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...chosenDevices(), [kind]: id }));
  } catch {
    // Without storage the system's default stays.
  }
}

function stringOrEmpty(value: unknown) {
  return typeof value === 'string' ? value : '';
}
