'use client';

import { useEffect, useState } from 'react';
import { microphones, stopStream } from './engine/microphone';
import type { PhoneWords } from './words';

const CHECK_EVERY_MS = 100;
// 170 ms at 48 kHz; up to 80 kHz more than the time between two checks, so that no sound is missed.
const SAMPLES = 8192;
// The share of a peak left at the next check: half of it is gone after 300 ms.
const FALL = 0.8;

/** Shows the recent peak level of the chosen microphone, from 0 to 100. */
export function LevelMeter({ words }: { words: PhoneWords }) {
  const [level, setLevel] = useState<number | 'failed'>(0);
  useEffect(() => {
    let stop = () => {};
    let isUnmounted = false;
    void microphones(() => {})
      .open()
      .then((opened) => {
        if (!opened.ok) return setLevel('failed');
        stop = measure(opened.stream, setLevel);
        if (isUnmounted) stop();
      });
    return () => {
      isUnmounted = true;
      stop();
    };
  }, []);
  if (level === 'failed') return <p className="field-error">{words.devices.failed}</p>;
  return (
    <div className="stack-tight">
      <p className="muted text-sm">{words.devices.speak}</p>
      <meter className="level" aria-label={words.devices.level} min={0} max={100} value={level} />
    </div>
  );
}

function measure(stream: MediaStream, onLevel: (level: number) => void) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = SAMPLES;
  context.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(SAMPLES);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    const peak = wave.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    level = Math.max(Math.min(100, peak * 120), level * FALL);
    onLevel(Math.round(level));
  }, CHECK_EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
    stopStream(stream);
  };
}
