/** What the capture chart is told, what it remembers, and what it tells. */

/** An input as the platform lists it. */
export interface ListedInput {
  readonly id: string;
  readonly groupId: string;
}

export interface TakenDevice extends ListedInput {
  readonly isMuted: boolean;
}

/** Which device is asked for; null: the default one. */
export interface TakeInput {
  readonly deviceId: string | null;
}

/** A device was taken, in the place of the one before; or none: there is none, or the user, the platform or the application forbids it. */
export interface TakeResult {
  readonly device: TakenDevice | null;
  /** Of none: asking again may help. */
  readonly isRetryable: boolean;
  readonly atMs: number;
}

export interface CaptureInput {
  /** Null: the default device, wherever that moves. */
  readonly chosenId: string | null;
  /** How long another device is waited for, or sound from one that gives none. */
  readonly lossTimeoutMs: number;
}

export interface CaptureContext extends CaptureInput {
  /** The one that is heard; null while there is none. */
  readonly device: ListedInput | null;
  /** When the last one went away. */
  readonly lostAtMs: number;
  /** Since when the platform says that it is muted. */
  readonly mutedAtMs: number | null;
  /** The platform lets audio through. */
  readonly isRunning: boolean;
}

export type CaptureFact =
  /** What is heard ended: it was unplugged, or the page stopped it. */
  | { readonly type: 'device.lost'; readonly atMs: number }
  /** Something was plugged in or out, or the default is another: these are there now. */
  | {
      readonly type: 'devices.listed';
      readonly inputs: readonly ListedInput[];
      readonly atMs: number;
    }
  | { readonly type: 'track.muted'; readonly atMs: number }
  | { readonly type: 'track.unmuted'; readonly atMs: number }
  /** The platform lets audio through, at first or again. */
  | { readonly type: 'audio.resumed'; readonly atMs: number }
  | { readonly type: 'audio.suspended'; readonly atMs: number }
  /** None came for as long as several take, though nobody was asleep or busy. Told again and again. */
  | { readonly type: 'chunks.missed'; readonly atMs: number }
  | { readonly type: 'chunks.returned'; readonly atMs: number }
  /** What makes chunks of sound broke. */
  | { readonly type: 'hearing.failed'; readonly atMs: number };

/** What the chart says to itself: one was taken, or none can be had. */
export type CaptureNews =
  | { readonly type: 'device.taken'; readonly isMuted: boolean; readonly atMs: number }
  | { readonly type: 'source.failed'; readonly why: CaptureEnd; readonly lastedMs: number };

export type CaptureSilence = 'device' | 'suspended' | 'silent';

export type CaptureEnd =
  /** It went away, and no other came. */
  | 'lost'
  /** Another may not be used. */
  | 'refused'
  /** It gave nothing. */
  | 'silent'
  /** What makes chunks of sound broke. */
  | 'broken';

export type CaptureSignal =
  | { readonly type: 'capture.opened' }
  | { readonly type: 'capture.refused' }
  /** Another device is heard. */
  | { readonly type: 'capture.changed' }
  /** An order: nothing is heard of the device any more. */
  | { readonly type: 'device.release' }
  | { readonly type: 'capture.interrupted'; readonly why: CaptureSilence }
  | { readonly type: 'capture.resumed' }
  | { readonly type: 'capture.muted' }
  | { readonly type: 'capture.unmuted'; readonly lastedMs: number }
  | { readonly type: 'capture.failed'; readonly why: CaptureEnd; readonly lastedMs: number };
