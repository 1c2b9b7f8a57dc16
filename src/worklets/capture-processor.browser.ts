/** Runs where the sound is: hears the microphone, 128 frames at a time. */
import type { CaptureSettings, ToCapture } from './capture.types.ts';
import { Cutter } from './cutter.ts';
import { scope } from './scope.browser.ts';
import type { Channels, Processor } from './scope.browser.ts';

export class CaptureProcessor extends scope.AudioWorkletProcessor implements Processor {
  readonly #cutter: Cutter;
  #isOver = false;

  constructor({ processorOptions }: { readonly processorOptions: CaptureSettings }) {
    super();
    const { port } = this;
    this.#cutter = new Cutter(processorOptions, scope.sampleRate, (message) => {
      if (message.kind === 'chunk') port.postMessage(message, [message.samples.buffer]);
      else port.postMessage(message);
    });
    port.onmessage = ({ data }: MessageEvent<ToCapture>) => {
      if (data.kind === 'taken') {
        this.#cutter.taken();
        return;
      }
      this.#isOver = true;
      this.#cutter.end();
    };
  }

  process([input]: readonly Channels[]): boolean {
    const mono = input?.[0]; // the node asks for one channel: the platform mixes
    if (this.#isOver) return false;
    if (mono === undefined) this.#cutter.silent(scope.currentFrame);
    else this.#cutter.push(mono, scope.currentFrame);
    return true;
  }
}
