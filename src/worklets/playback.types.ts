/** What the processor that plays and the page say to each other. */

export interface PlaybackSettings {
  /** So much waits before a sound begins, and after it ran dry: sound does not come evenly. */
  readonly startMs: number;
  /** More than that is not taken. */
  readonly capacityMs: number;
}

export type ToPlayback =
  | {
      readonly kind: 'play';
      readonly id: string;
      readonly samples: Int16Array;
      readonly sampleRateHz: number;
    }
  /** Nothing of what waits is to be heard. */
  | { readonly kind: 'clear' };

export type FromPlayback =
  /** So much of that sound has left for the loudspeaker, in all, by that frame of the context. */
  | { readonly kind: 'played'; readonly id: string; readonly ms: number; readonly frame: number }
  /** That sound has nothing more to be played just now. */
  | { readonly kind: 'dry'; readonly id: string; readonly ms: number; readonly frame: number }
  /** It went on after it had run dry: there was silence in between. */
  | {
      readonly kind: 'underrun';
      readonly id: string;
      readonly ms: number;
      readonly silentMs: number;
    }
  /** There was no room for that much. */
  | { readonly kind: 'overflow'; readonly id: string; readonly ms: number }
  /** What was heard of what was cleared; null: nothing sounded. */
  | {
      readonly kind: 'cleared';
      readonly id: string | null;
      readonly ms: number;
      readonly frame: number;
    };

export const PLAYBACK_PROCESSOR = 'tenuto-playback';
