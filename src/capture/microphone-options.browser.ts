/** What a microphone can be told, with its defaults, looked at before anybody is asked for it. */
import { checkAudioFormat } from '../audio/format.ts';
import { systemClock } from '../ports/clock.ts';
import type { Clock } from '../ports/clock.ts';
import {
  checkGiven,
  checkName,
  checkNumber,
  checkOptions,
  invalid,
} from '../ports/option-errors.ts';

export interface MicrophoneOptions {
  /** Of the chunks, 8,000 to 48,000. Default 16,000. */
  readonly sampleRateHz?: number;
  /** How long a chunk is, 20 to 200. Default 100. */
  readonly chunkMs?: number;
  /** Of `enumerateDevices`. Default: the default one, wherever that moves. */
  readonly deviceId?: string;
  /** Further wishes of the device, such as `{ echoCancellation: false }`. Default: the platform's. */
  readonly constraints?: MediaTrackConstraints;
  /** When the device goes away: another one is taken, or it is over. Default `switch`. */
  readonly onDeviceLost?: 'switch' | 'fail';
  /** How long another device is waited for, with none there. Default 120,000. */
  readonly lossTimeoutMs?: number;
  /** Where the package's `tenuto/worklet.js` is served. Default: nowhere, it is made of a Blob, which a strict policy forbids. */
  readonly workletUrl?: string;
  /** The session's. Default: `performance.now()`, as it is for sessions. */
  readonly clock?: Clock;
}

type Optional = 'deviceId' | 'constraints' | 'workletUrl';

export type ResolvedMicrophone = Required<Omit<MicrophoneOptions, Optional>> & {
  readonly [Name in Optional]: MicrophoneOptions[Name];
};

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function resolveMicrophone(options: MicrophoneOptions): ResolvedMicrophone {
  checkGiven('Microphone', options);
  const resolved: ResolvedMicrophone = {
    sampleRateHz: options.sampleRateHz ?? 16_000,
    chunkMs: options.chunkMs ?? 100,
    onDeviceLost: options.onDeviceLost ?? 'switch',
    lossTimeoutMs: options.lossTimeoutMs ?? 120_000,
    clock: options.clock ?? systemClock,
    deviceId: options.deviceId,
    constraints: options.constraints,
    workletUrl: options.workletUrl,
  };
  const { sampleRateHz, chunkMs, lossTimeoutMs } = resolved;
  checkOptions('Microphone', options, resolved);
  checkAudioFormat({ encoding: 'pcm_s16le', sampleRateHz });
  checkNumber('chunkMs', chunkMs, chunkMs >= 20 && chunkMs <= 200, 'from 20 to 200');
  checkNumber('lossTimeoutMs', lossTimeoutMs, lossTimeoutMs >= 0, 'that is 0 or more');
  checkName('onDeviceLost', resolved.onDeviceLost, { switch: 0, fail: 0 });
  return resolved;
}

/** @throws TenutoError OPTION_INVALID: what is heard would go nowhere. */
export function checkHandlers(handlers: object | undefined): void {
  const { onChunk } = (handlers ?? {}) as { readonly onChunk?: unknown };
  if (typeof onChunk === 'function') return;
  throw invalid('onChunk is no function.', 'Call start({ onChunk, onEvent }).');
}
