/** Runs where the sound is: plays what the page hands over, 128 frames at a time. */
import type { PlaybackSettings, ToPlayback } from './playback.types.ts';
import { scope } from './scope.browser.ts';
import type { Channels, Processor } from './scope.browser.ts';
import { Tape } from './tape.ts';

export class PlaybackProcessor extends scope.AudioWorkletProcessor implements Processor {
  readonly #tape: Tape;

  constructor({ processorOptions }: { readonly processorOptions: PlaybackSettings }) {
    super();
    const { port } = this;
    this.#tape = new Tape(processorOptions, scope.sampleRate, (message) => {
      port.postMessage(message);
    });
    port.onmessage = ({ data }: MessageEvent<ToPlayback>) => {
      if (data.kind === 'clear') this.#tape.clear(scope.currentFrame);
      else this.#tape.take(data.id, data.samples, data.sampleRateHz);
    };
  }

  process(_: readonly Channels[], [output]: readonly Channels[]): boolean {
    const [mono] = output ?? [];
    if (mono !== undefined) this.#tape.fill(mono, scope.currentFrame);
    return true;
  }
}
