/** What the processor that hears the microphone and the page say to each other. */

export interface CaptureSettings {
  readonly sampleRateHz: number;
  readonly chunkSamples: number;
  /** Chunks that the page has not taken yet; then the newest are dropped. */
  readonly capacityChunks: number;
}

/** Why a chunk does not begin where the last one ended. */
export type Break = 'noInput' | 'overrun';

export type FromCapture =
  | {
      readonly kind: 'chunk';
      /** Whole samples, s16 in the machine's order, which is little-endian wherever browsers run. */
      readonly samples: Int16Array;
      /** Where its first sample stands among the context's frames; between two where rates differ. */
      readonly frame: number;
      /** Null: it follows the last one, or is the first. */
      readonly after: Break | null;
      /** So many frames were silence in the place of input that stayed away, since the last chunk. */
      readonly silentFrames: number;
    }
  /** All that was heard was told. */
  | { readonly kind: 'ended' };

export type ToCapture =
  /** A chunk was taken: there is room for another. */
  { readonly kind: 'taken' } | { readonly kind: 'end' };

export const CAPTURE_PROCESSOR = 'tenuto-capture';
