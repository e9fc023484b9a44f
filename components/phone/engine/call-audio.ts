import { liveCalls } from '@/components/phone/machine/state';
import { type ChosenDevices, chosenDevices } from './devices';
import { stopStream } from './microphone';
import { playThrough } from './play-remote';
import type { Microphones, Sip } from './ports';
import type { Store } from './store';

/** The actions on calls that need the microphone. */
export function callAudio(store: Store, sip: Sip, microphone: Microphones) {
  function reportGranted() {
    if (store.phone.microphone !== 'granted') store.dispatch({ type: 'microphone', status: 'granted' });
  }

  async function dial(id: string, uri: string) {
    const opened = await microphone.open();
    if (!opened.ok) {
      store.dispatch({ type: 'ended', id, by: 'system', status: null });
      return store.dispatch({ type: 'microphone', status: opened.status });
    }
    // The user may have hung up before the microphone opened.
    if (!liveCalls(store.phone).some((call) => call.id === id)) return stopStream(opened.stream);
    reportGranted();
    sip.dial(id, uri, opened.stream);
  }

  async function answer(id: string) {
    const opened = await microphone.open();
    if (!opened.ok) return store.dispatch({ type: 'microphone', status: opened.status, call: id });
    reportGranted();
    sip.answer(id, opened.stream);
  }

  /** A call out has no SIP session until its microphone is open. */
  function hangUp(id: string) {
    const isIncoming = store.phone.calls.some((call) => call.id === id && call.direction === 'in');
    if (isIncoming || sip.connectionOf(id)) return sip.hangUp(id);
    store.dispatch({ type: 'ended', id, by: 'local', status: null });
  }

  /** Moves running calls to the device that was just chosen. */
  async function useDevice(kind: keyof ChosenDevices) {
    if (kind === 'speaker') return playThrough(chosenDevices().speaker);
    for (const { id } of liveCalls(store.phone)) {
      if (!sip.connectionOf(id)) continue;
      const opened = await microphone.open();
      if (opened.ok) sip.replaceMicrophone(id, opened.stream);
    }
  }

  /** Prompts for the microphone now, so that no call has to wait for the permission. */
  async function allowMicrophone() {
    const opened = await microphone.open();
    if (opened.ok) stopStream(opened.stream);
    store.dispatch({ type: 'microphone', status: opened.ok ? 'granted' : opened.status });
  }

  return { dial, answer, hangUp, useDevice, allowMicrophone };
}
