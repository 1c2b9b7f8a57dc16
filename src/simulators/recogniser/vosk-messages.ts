/** What the pool and its worker threads say to each other. */
import type { RecogniserResult } from './recogniser.ts';

export interface WorkerSetup {
  readonly libraryPath: string;
  readonly modelPath: string;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly stream: number; readonly sampleRateHz: number }
  | { readonly kind: 'audio'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'flush'; readonly stream: number; readonly token: number }
  | { readonly kind: 'close'; readonly stream: number }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'result'; readonly stream: number; readonly result: RecogniserResult }
  /** How many of the stream's bytes have reached the engine. */
  | { readonly kind: 'fed'; readonly stream: number; readonly bytes: number }
  /** One stream failed; the others go on. */
  | { readonly kind: 'failed'; readonly stream: number; readonly detail: string };
