'use client';

import { useId } from 'react';
import { Icon } from '@/components/ui/icon';
import { fill, type PhoneWords } from './words';

type Props = {
  label: string;
  kind: MediaDeviceKind;
  devices: MediaDeviceInfo[];
  value: string;
  onValue: (id: string) => void;
  words: PhoneWords;
};

export function DeviceSelect({ label, kind, devices, value, onValue, words }: Props) {
  const id = useId();
  // Without permission the ids are empty.
  const choices = devices.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== 'default');
  return (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      <div className="select">
        <select id={id} className="input input-select" value={value} onChange={(event) => onValue(event.target.value)}>
          <option value="">{words.devices.system}</option>
          {choices.map((device, index) => (
            <option key={device.deviceId} value={device.deviceId}>
              {device.label || fill(words.devices.unnamed, { number: index + 1 })}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}
