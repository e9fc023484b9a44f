import { chosenDevices } from './devices';

const playing = new Set<HTMLAudioElement>();

/** Plays the remote audio through the chosen speaker. Returns the function that stops it. */
export function playRemote(connection: RTCPeerConnection) {
  const audio = new Audio();
  audio.autoplay = true;
  playing.add(audio);
  const play = ({ streams, track }: RTCTrackEvent) => {
    audio.srcObject = streams[0] ?? new MediaStream([track]);
    void audio.play().catch(() => {});
  };
  connection.addEventListener('track', play);
  void playThrough(chosenDevices().speaker, audio);
  return () => {
    connection.removeEventListener('track', play);
    audio.srcObject = null;
    playing.delete(audio);
  };
}

/** Moves the given audio, or all that plays, to a speaker. */
export async function playThrough(speaker: string, ...only: HTMLAudioElement[]) {
  for (const audio of only.length > 0 ? only : playing) {
    if (!('setSinkId' in audio)) continue;
    // The device may be unplugged: fall back to the system's.
    await audio.setSinkId(speaker).catch(() => audio.setSinkId('').catch(() => {}));
  }
}
