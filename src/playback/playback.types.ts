/** What a loudspeaker is given, and tells. */
import type { TenutoError } from '../ports/errors.ts';

export interface PlayerOptions {
  /** So much of a sound waits before it begins, for it does not come evenly. 0 to 2,000. Default 60 ms. */
  readonly startMs?: number;
  /** How much may wait; what comes beyond it is not played, and told as `overflow`. Default 120,000 ms. */
  readonly capacityMs?: number;
  /** Where the package's `tenuto/worklet.js` is served. Default: nowhere, it is made of a Blob, which a strict policy forbids. */
  readonly workletUrl?: string;
}

/** PCM s16le mono. Sounds of one id are one, and follow each other without a seam. */
export interface Sound {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly sampleRateHz: number;
}

export interface HeardSound {
  readonly id: string;
  /** From its beginning. */
  readonly ms: number;
}

export type PlayerEvent =
  /** So much of it was heard, in all: about 25 times a second. */
  | { readonly type: 'heard'; readonly id: string; readonly ms: number }
  /** All of it that came was played. More of it may come. */
  | { readonly type: 'ended'; readonly id: string; readonly ms: number }
  /** More of it came too late: there was silence. */
  | {
      readonly type: 'underrun';
      readonly id: string;
      readonly atMs: number;
      readonly silentMs: number;
    }
  | { readonly type: 'overflow'; readonly id: string; readonly droppedMs: number }
  /** After `clear`: it is silent, and so much was heard. */
  | { readonly type: 'cleared'; readonly heard: HeardSound | null }
  /** The browser has suspended the page's audio; what comes waits. */
  | { readonly type: 'blocked'; readonly error: TenutoError }
  | { readonly type: 'running' }
  /** It is over, for good: nothing more is played or told. */
  | { readonly type: 'failed'; readonly error: TenutoError };
