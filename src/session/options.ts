/** What a session can be told, with its defaults, checked before anything is dialled. */
import { presets } from '../../machines/backoff.ts';
import type { PresetName, ReconnectPolicy } from '../../machines/backoff.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';
import type { Logger } from '../ports/logger.ts';
import { silentLogger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { systemRandom } from '../ports/random.ts';
import type { Transport } from '../ports/socket.ts';
import type { Provider } from '../providers/contract.ts';

export interface SessionOptions {
  /** The provider that serves the session. A list of one today; failover along it is to come. */
  readonly candidates: readonly Provider[];
  /** What `write` is given. Default: PCM s16le mono at 16,000 Hz. */
  readonly format?: AudioFormat;
  /** Which reconnection policy to begin from. Default `production`. */
  readonly preset?: PresetName;
  /** Changes to the preset's policy, read once at the start. */
  readonly reconnect?: Partial<ReconnectPolicy>;
  /** How much audio is kept until a result covers it. Default 120,000 ms, and at most `retentionBytes`. */
  readonly retentionMs?: number;
  /** Default 4 MiB. Whichever of the two limits is reached first evicts the oldest audio, which becomes a gap. */
  readonly retentionBytes?: number;
  /** Events that wait for `events()`; beyond it the oldest interim is dropped, then the oldest event. Default 4,096. */
  readonly eventCapacity?: number;
  readonly transport: Transport;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

export interface ResolvedOptions {
  readonly provider: Provider;
  readonly format: AudioFormat;
  readonly policy: ReconnectPolicy;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly eventCapacity: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const DEFAULT_RETENTION_MS = 120_000;
const DEFAULT_RETENTION_BYTES = 4 * 1_024 * 1_024;
const DEFAULT_EVENT_CAPACITY = 4_096;
const DEFAULT_FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function resolveOptions(options: SessionOptions): ResolvedOptions {
  const [provider, ...others] = options.candidates;
  if (provider === undefined || others.length > 0) {
    throw invalid(
      `A session takes one candidate, not ${options.candidates.length}.`,
      'Give exactly one provider, such as candidates: [deepgramListen({ apiKey })].',
    );
  }
  const format = options.format ?? DEFAULT_FORMAT;
  provider.checkFormat(format);
  const preset = options.preset ?? 'production';
  if (!(preset in presets)) {
    throw invalid(
      `There is no preset "${preset}".`,
      `Take one of ${Object.keys(presets).join(', ')}.`,
    );
  }

  return {
    provider,
    format,
    policy: checkPolicy({ ...presets[preset], ...options.reconnect }),
    retentionMs: positive('retentionMs', options.retentionMs ?? DEFAULT_RETENTION_MS),
    retentionBytes: positive('retentionBytes', options.retentionBytes ?? DEFAULT_RETENTION_BYTES),
    eventCapacity: positive('eventCapacity', options.eventCapacity ?? DEFAULT_EVENT_CAPACITY),
    transport: options.transport,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
  };
}

function checkPolicy(policy: ReconnectPolicy): ReconnectPolicy {
  const { maxAttempts, baseMs, capMs, firstDelayMs, persistMs } = policy;
  for (const [name, value] of Object.entries({
    maxAttempts,
    baseMs,
    capMs,
    firstDelayMs,
    persistMs,
  })) {
    const isLimit = name === 'maxAttempts' || name === 'persistMs'; // those may be Infinity
    const isFine = typeof value === 'number' && value >= 0 && (isLimit || Number.isFinite(value));
    if (value !== null && !isFine) {
      throw invalid(`reconnect.${name} is ${String(value)}.`, 'Give a number that is 0 or more.');
    }
  }
  return policy;
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(`${name} is ${String(value)}.`, 'Give a number above 0.');
}

function invalid(message: string, remediation: string): TenutoError {
  return new TenutoError({ code: 'OPTION_INVALID', message, remediation });
}
