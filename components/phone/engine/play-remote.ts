import { chosenDevices } from './devices';

const playing = new Set<HTMLAudioElement>();

/** Plays what the other side says, through the chosen loudspeaker, until the promise's function is called. */
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

/** Moves all that plays to another loudspeaker. */
export async function playThrough(speaker: string, ...only: HTMLAudioElement[]) {
  for (const audio of only.length > 0 ? only : playing) {
    if (!('setSinkId' in audio)) continue;
    // One that was unplugged meanwhile: the system's own.
    await audio.setSinkId(speaker).catch(() => audio.setSinkId('').catch(() => {}));
  }
}
