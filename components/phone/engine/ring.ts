export type Ringing = 'none' | 'ring' | 'knock';

/** One period of sound: pairs of tones in hertz, from when to when in milliseconds, and how long until it begins again. */
const SOUNDS = {
  ring: { tones: [440, 480], from: [0, 500], long: 400, every: 3000, loud: 0.18 },
  knock: { tones: [440], from: [0], long: 250, every: 5000, loud: 0.05 },
} as const;

/** The ring, made here: no file is fetched for it. `blocked` hears whether the browser still wants a click first. */
export function ringer(blocked: (is: boolean) => void) {
  let context: AudioContext | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let now: Ringing = 'none';

  function wake() {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().then(() => blocked(context?.state === 'suspended'));
  }

  function set(wanted: Ringing) {
    if (wanted === now) return;
    now = wanted;
    clearInterval(timer);
    if (wanted === 'none') return blocked(false);
    wake();
    blocked(context?.state === 'suspended');
    sound(wanted);
    timer = setInterval(() => sound(wanted), SOUNDS[wanted].every);
  }

  function sound(kind: Exclude<Ringing, 'none'>) {
    if (context?.state !== 'running') return;
    const { tones, from, long, loud } = SOUNDS[kind];
    for (const start of from) for (const hertz of tones) tone(context, hertz, start / 1000, long / 1000, loud);
  }

  return { set, wake };
}

/** Swells and fades, so that it does not click. */
function tone(context: AudioContext, hertz: number, start: number, long: number, loud: number) {
  const at = context.currentTime + start;
  const source = context.createOscillator();
  const volume = context.createGain();
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loud, at + 0.03);
  volume.gain.setValueAtTime(loud, at + long - 0.05);
  volume.gain.linearRampToValueAtTime(0, at + long);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + long);
}
