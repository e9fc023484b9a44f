import type { RingSound } from '@/components/phone/machine/alerts';

/**
 * One period of each sound: tones in Hz, their starts, their length and the period in ms, and the
 * gain.
 */
const SOUNDS = {
  ring: { tones: [440, 480], startsMs: [0, 500], lengthMs: 400, periodMs: 3000, gain: 0.18 },
  knock: { tones: [440], startsMs: [0], lengthMs: 250, periodMs: 5000, gain: 0.05 },
} as const;

/**
 * Synthesizes the ring sound. The browser may block it until the user clicks: `wake` lifts that.
 */
export function ringer(onBlockedChange: () => void) {
  let context: AudioContext | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let current: RingSound = 'none';
  let blocked = false;

  function wake() {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().then(() => setBlocked(context?.state === 'suspended'));
  }

  function set(sound: RingSound) {
    if (sound === current) return;
    current = sound;
    clearInterval(timer);
    if (sound === 'none') return setBlocked(false);
    wake();
    setBlocked(context?.state === 'suspended');
    playPeriod(sound);
    timer = setInterval(() => playPeriod(sound), SOUNDS[sound].periodMs);
  }

  function setBlocked(isBlocked: boolean) {
    blocked = isBlocked;
    onBlockedChange();
  }

  function playPeriod(sound: Exclude<RingSound, 'none'>) {
    if (context?.state !== 'running') return;
    const { tones, startsMs, lengthMs, gain } = SOUNDS[sound];
    for (const startMs of startsMs)
      for (const hertz of tones) playTone(context, { hertz, start: startMs / 1000, length: lengthMs / 1000, gain });
  }

  return { set, wake, isBlocked: () => blocked };
}

type Tone = { hertz: number; start: number; length: number; gain: number };

/** Fades in and out, because a sudden start clicks. Times are in seconds. */
function playTone(context: AudioContext, { hertz, start, length, gain }: Tone) {
  const at = context.currentTime + start;
  const source = context.createOscillator();
  const volume = context.createGain();
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(gain, at + 0.03);
  volume.gain.setValueAtTime(gain, at + length - 0.05);
  volume.gain.linearRampToValueAtTime(0, at + length);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + length);
}
