'use client';

import { useCallback, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { DeviceSelect } from './device-select';
import { type ChosenDevices, chooseDevice, chosenDevices } from './engine/devices';
import { notificationState } from './engine/notify';
import { LevelMeter } from './level-meter';
import { runningEngine } from './place';
import { usePhone } from './use-phone';
import type { PhoneWords } from './words';

/** Chooses and tests the microphone and the speaker, and turns notifications on. */
export function DeviceCard({ words }: { words: PhoneWords }) {
  const { microphone } = usePhone();
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [chosen, setChosen] = useState<ChosenDevices>({ microphone: '', speaker: '' });
  const [testing, setTesting] = useState(false);
  const loadDevices = useCallback(async () => {
    setDevices((await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []);
  }, []);
  useEffect(() => {
    setChosen(chosenDevices());
    void loadDevices();
    navigator.mediaDevices?.addEventListener('devicechange', loadDevices);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', loadDevices);
  }, [loadDevices, microphone]);

  function choose(kind: keyof ChosenDevices, id: string) {
    chooseDevice(kind, id);
    setChosen({ ...chosen, [kind]: id });
    void runningEngine()?.useDevice(kind);
  }

  const canChooseSpeaker = devices.some(({ kind }) => kind === 'audiooutput');
  return (
    <Card title={words.devices.title}>
      <div className="stack">
        <DeviceSelect
          label={words.devices.microphone}
          kind="audioinput"
          devices={devices}
          value={chosen.microphone}
          onValue={(id) => choose('microphone', id)}
          words={words}
        />
        {canChooseSpeaker ? (
          <DeviceSelect
            label={words.devices.speaker}
            kind="audiooutput"
            devices={devices}
            value={chosen.speaker}
            onValue={(id) => choose('speaker', id)}
            words={words}
          />
        ) : null}
        <div className="row">
          <Button small onClick={() => setTesting(!testing)}>
            {testing ? words.devices.stop : words.devices.test}
          </Button>
        </div>
        {testing ? <LevelMeter key={chosen.microphone} words={words} /> : null}
        <Notifications words={words} />
      </div>
    </Card>
  );
}

function Notifications({ words }: { words: PhoneWords }) {
  const [state, setState] = useState<ReturnType<typeof notificationState>>('unsupported');
  useEffect(() => setState(notificationState()), []);
  if (state === 'unsupported') return null;
  if (state === 'granted') return <p className="muted text-sm">{words.devices.notified}</p>;
  if (state === 'denied') return <p className="muted text-sm">{words.devices.denied}</p>;
  return (
    <div className="row">
      <Button small onClick={() => void Notification.requestPermission().then(setState)}>
        {words.devices.notify}
      </Button>
    </div>
  );
}
