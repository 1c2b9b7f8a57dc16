/** What a session can be told, with its defaults, checked before anything is dialled. */
import type { InspectionEvent } from 'xstate';

import { gatewayPresets, presets } from '../../machines/backoff.ts';
import type { PresetName, ReconnectPolicy } from '../../machines/backoff.ts';
import type { Admission } from './admission/admission.ts';
import { noProviders, resolveCandidate } from './candidates.ts';
import type { CandidateOptions, ResolvedCandidate } from './candidates.ts';
import { checkParts, missing, partOf, partsOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import { checkPlaces, checkPolicy } from './policy-check.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { NetworkMonitor } from '../network/monitor.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { silentLogger } from '../ports/logger.ts';
import {
  checkGiven,
  checkName,
  checkNumber,
  checkOptions,
  checkPart,
  invalid,
} from '../ports/option-errors.ts';
import type { Random } from '../ports/random.ts';
import { systemRandom } from '../ports/random.ts';
import type { CreateResampler } from '../ports/resampler.ts';
import type { Spool } from '../ports/spool.ts';
import type { SessionSpool } from './spooling.types.ts';
import type { Transport } from '../ports/socket.ts';
import type { Provider } from '../providers/contract.ts';

/** A function, or an observer such as the `inspect` of an inspector of `@statelyai/inspect`. */
export type Inspector =
  | ((event: InspectionEvent) => void)
  | { readonly next?: ((event: InspectionEvent) => void) | undefined };

export interface SessionOptions {
  /** Who may serve the session, in order of preference: providers, or providers with a region and other facts. */
  readonly candidates: readonly (Provider | CandidateOptions)[];
  /** What `write` is given. Default: PCM s16le mono at 16,000 Hz. */
  readonly format?: AudioFormat;
  /** Which reconnection policy to begin from. Default `production`. */
  readonly preset?: PresetName;
  /** Changes to the preset's policy, read once at the start. */
  readonly reconnect?: Partial<ReconnectPolicy>;
  /** How much audio is kept until a result covers it. Default 120,000 ms, and at most `retentionBytes`. */
  readonly retentionMs?: number;
  /**
   * Whichever of the two limits is reached first evicts the oldest audio, which becomes a gap. Default 4 MiB; with a gateway as
   * much as `retentionMs` takes, since a session that it keeps is worth having all of it. Given smaller, the logger is warned.
   */
  readonly retentionBytes?: number;
  /** Events that wait for `events()`; beyond it the oldest interim is dropped, then the oldest event. Default 4,096. */
  readonly eventCapacity?: number;
  /** How long audio is only recorded, with nobody to serve, before the session is given up. Default `retentionMs`. */
  readonly recordOnlyMs?: number;
  /** How long a lesser candidate is kept before a better one is tried again. Default 60,000 ms. */
  readonly holdDownMs?: number;
  /** How long before a known end of a session its successor is looked for. Default 60,000 ms. */
  readonly rotationLeadMs?: number;
  /** Keeps what no result covers beyond this process (`await openSpool(…)`); the session closes it. Default: nothing does. */
  readonly spool?: Spool;
  readonly transport: Transport;
  /** What the platform says about the network. Default: nothing, and only sockets tell. */
  readonly network?: NetworkMonitor;
  /** Watches the charts: XState's inspection events of everything inside. Default: nobody does. */
  readonly inspect?: Inspector;
  /** Breakers and limits of dials. Default: one for all sessions of this process that have the part `failover`. */
  readonly admission?: Admission;
  /**
   * What this session can do beyond one connection that is only listened to: `failover` (several candidates, a standby, known
   * ends), `conversation` (services that answer or speak), `rates` (services that take another sample rate, or tell nothing of
   * silence), `rehearsal` (`simulateFailure`), `keeping` (services that keep sessions). Default:
   * all; in `tenuto/browser` those that its providers bring, and a session that needs another is refused with OPTION_INVALID until
   * it is given.
   */
  readonly parts?: readonly SessionPart[];
  /** Brings audio to the rate that a service takes, where that is another. Default: the platform's entry brings one. */
  readonly createResampler?: CreateResampler;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

export interface ResolvedOptions {
  readonly candidates: readonly [ResolvedCandidate, ...ResolvedCandidate[]];
  readonly format: AudioFormat;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly eventCapacity: number;
  readonly recordOnlyMs: number;
  readonly holdDownMs: number;
  readonly rotationLeadMs: number;
  readonly network: NetworkMonitor | null;
  readonly inspect: ((event: InspectionEvent) => void) | null;
  /** Null: nothing is shared with other sessions. */
  readonly admission: Admission | null;
  readonly parts: readonly SessionPart[];
  readonly spool: SessionSpool | null;
  readonly createResampler: CreateResampler | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const DEFAULT_BYTES = 4 * 1_024 * 1_024;
const DEFAULT_FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function resolveOptions(options: SessionOptions): ResolvedOptions {
  checkGiven('session', options);
  checkPart('transport', options.transport);
  const format = options.format ?? DEFAULT_FORMAT;
  const spoolBytes = options.spool?.capacityBytes ?? 0;
  const heldMs = (spoolBytes * 1_000) / bytesOf(1_000, format) || 120_000;
  const retentionMs = positive(options, 'retentionMs', heldMs);
  const candidates = candidatesOf(options, format);
  const parts = partsOf(options.parts, candidates);
  const failover = partOf(parts, 'failover');
  checkParts(parts, candidates, format.sampleRateHz);
  if (options.admission !== undefined && failover === null) throw missing('failover', 'admission');
  const graceMs = Math.max(
    ...candidates.map(({ provider }) => provider.traits.keepsSessionForMs ?? 0),
  );
  const neededBytes = graceMs > 0 ? bytesOf(retentionMs, format) : 0;
  const leastBytes = Math.max(spoolBytes || DEFAULT_BYTES, neededBytes);
  const resolved = {
    candidates,
    format,
    retentionMs,
    retentionBytes: positive(options, 'retentionBytes', leastBytes),
    eventCapacity: positive(options, 'eventCapacity', 4_096),
    recordOnlyMs: atLeast0(options, 'recordOnlyMs', retentionMs),
    holdDownMs: atLeast0(options, 'holdDownMs', 60_000),
    rotationLeadMs: atLeast0(options, 'rotationLeadMs', 60_000),
    network: options.network ?? null,
    inspect: inspectorOf(options),
    admission: options.admission ?? failover?.admission ?? null,
    parts,
    spool: (options.spool ?? null) as SessionSpool | null,
    createResampler: options.createResampler ?? null,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
  };
  const names = { ...resolved, preset: 0, reconnect: 0, transport: 0 };
  checkPlaces(options);
  checkOptions('session', options, names satisfies Record<keyof SessionOptions, unknown>);
  warnOfShortRetention(resolved, graceMs);
  return resolved;
}

function bytesOf(ms: number, { sampleRateHz }: AudioFormat): number {
  return Math.ceil((ms / 1_000) * sampleRateHz * BYTES_PER_SAMPLE);
}

/** A client that is away for as long as its gateway waits for it comes back with a gap. */
function warnOfShortRetention(options: ResolvedOptions, graceMs: number): void {
  const { retentionMs, retentionBytes, format, logger } = options;
  const heldMs = Math.min(
    retentionMs,
    (retentionMs * retentionBytes) / bytesOf(retentionMs, format),
  );
  if (heldMs >= graceMs) return;
  const fields = { heldMs: Math.round(heldMs), graceMs };
  logger.warn('audio is kept for less long than a gateway waits for its client', fields);
}

/** An inspector that throws would take the charts with it: what watches must not change what happens. */
export function inspectorOf({
  inspect,
  logger = silentLogger,
}: Pick<SessionOptions, 'inspect' | 'logger'>): ((event: InspectionEvent) => void) | null {
  if ((inspect ?? null) === null) return null;
  if (typeof inspect !== 'function' && !('next' in Object(inspect))) {
    throw invalid('inspect is not a function.', 'Give one, or an object with next.');
  }
  return (event) => {
    try {
      if (typeof inspect === 'function') inspect(event);
      else inspect?.next?.(event);
    } catch (error) {
      logger.error('an inspector threw', { error: String(error) });
    }
  };
}

function candidatesOf(
  options: SessionOptions,
  format: AudioFormat,
): readonly [ResolvedCandidate, ...ResolvedCandidate[]] {
  const preset = options.preset ?? 'production';
  checkName('preset', preset, presets);
  const given: unknown = options.candidates; // who writes JavaScript may have left it out
  const areSeveral = Array.isArray(given) && given.length > 1;
  const policyOf = (policies: typeof presets): ReconnectPolicy => {
    if (options.reconnect === undefined) return policies[preset]; // shared by all sessions
    const policy = checkPolicy({ ...policies[preset], ...options.reconnect });
    // Among several, a first dial that fails is answered by the next candidate, unless a candidate asks otherwise.
    return areSeveral ? { ...policy, retryInitialConnect: false } : policy;
  };
  const defaults = {
    transport: options.transport,
    policy: policyOf(presets),
    keeperPolicy: policyOf(gatewayPresets),
    clock: options.clock ?? systemClock,
    check: checkPolicy,
  };
  const resolve = (each: Provider | CandidateOptions) => resolveCandidate(each, defaults);
  const [first, ...others] = Array.isArray(given) ? options.candidates.map(resolve) : [];
  if (first === undefined) throw noProviders();
  for (const { provider } of [first, ...others]) provider.checkFormat(format);
  return [first, ...others];
}

type NumberName = keyof {
  [Name in keyof SessionOptions as number extends SessionOptions[Name] ? Name : never]: true;
};

function atLeast0(options: SessionOptions, name: NumberName, byDefault: number): number {
  const value = options[name] ?? byDefault;
  checkNumber(name, value, value >= 0, 'that is 0 or more');
  return value;
}

function positive(options: SessionOptions, name: NumberName, byDefault: number): number {
  const value = options[name] ?? byDefault;
  checkNumber(name, value, value > 0 && value < Infinity, 'above 0');
  return value;
}
