/** What an audio worklet's global scope has, of which the platform's types tell nothing. */

export interface Processor {
  readonly port: MessagePort;
  process(inputs: readonly Channels[], outputs: readonly Channels[]): boolean;
}

/** One input or output: its channels, of 128 frames each. */
export type Channels = readonly Float32Array[];

export interface WorkletScope {
  readonly sampleRate: number;
  readonly currentFrame: number;
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(
    name: string,
    processor: new (options: { readonly processorOptions: never }) => Processor,
  ): void;
}

export const scope = globalThis as unknown as WorkletScope;
