'use client';

import { useEffect, useState } from 'react';
import { microphones } from './engine/microphone';
import type { PhoneWords } from './words';

const LOOK_EVERY_MS = 100;
// 170 ms at 48 kHz, and up to 80 kHz longer than the time between two looks, so that no sound falls between them.
const SAMPLES = 8192;
// What is left of a peak at the next look: a short sound stays to be seen, and half of it is gone after 300 ms.
const FALL = 0.8;

/** Whether the chosen microphone hears anything: the loudest of the last moment, from 0 to 100. */
export function LevelMeter({ words }: { words: PhoneWords }) {
  const [level, setLevel] = useState<number | 'failed'>(0);
  useEffect(() => {
    let stop = () => {};
    let isOver = false;
    void microphones(() => {})
      .open()
      .then((opened) => {
        if (!opened.ok) return setLevel('failed');
        stop = measure(opened.stream, setLevel);
        if (isOver) stop();
      });
    return () => {
      isOver = true;
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

function measure(stream: MediaStream, tell: (level: number) => void) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = SAMPLES;
  context.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(SAMPLES);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    const loudest = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    level = Math.max(Math.min(100, loudest * 120), level * FALL);
    tell(Math.round(level));
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
    for (const track of stream.getTracks()) track.stop();
  };
}
