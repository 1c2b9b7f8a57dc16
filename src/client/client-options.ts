/** What a voice client can be told, by the names that such clients have, and what each of them comes to here. */
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { PcmSource } from '../capture/capture.types.ts';
import type { ClientAudioFormat } from './client.types.ts';
import type { NetworkMonitor } from '../network/monitor.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { silentLogger } from '../ports/logger.ts';
import type { MessageSpool } from '../ports/spool.ts';
import { checkName, checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';
import { PING_IDLE_MS, SERVER_DEAD_MS } from '../protocol/limits.ts';
import type { SessionOptions } from '../session/options.ts';

/** What a session is given beside what the client gives it. */
export type PassedSessionOptions = Omit<
  SessionOptions,
  'candidates' | 'format' | 'transport' | 'reconnect' | 'network' | 'clock' | 'logger'
>;

export interface VoiceClientOptions {
  /** Dials in one outage. Default: as many as there is time for until the grace is over, and ten at least. `Infinity` is fine. */
  readonly maxReconnectAttempts?: number;
  /**
   * The longest wait before the first redial, ms; each further one is twice the last. The wait itself is drawn between 0 and that, so
   * that a crowd does not come back in step. Default: at once, every half second for 15 s, then 1, 2, 4 … s.
   */
  readonly initialReconnectDelay?: number;
  /** The longest wait of all, ms. Default 30,000. */
  readonly maxReconnectDelay?: number;
  /**
   * How long audio is kept for a gateway that is away, and how long it is dialled for (30 s more: it takes up to 20 s to miss its
   * client). How long the gateway keeps the session is its own setting (`graceMs`, 120,000). 1,000 to 600,000 ms. Default 120,000.
   * Messages (`audioFormat` of a container) are kept by their bytes, 4 MiB, however long that is; with a spool, and no time given here,
   * audio is kept as far as that has room, and dialled for as long.
   */
  readonly graceWindowMs?: number;
  /**
   * After so long without a frame, at the most, the gateway is asked for a sign of life; while audio flows silence is noticed within a
   * second or two. From 1,000 ms; more than 15,000 is taken as 15,000, since a client that is silent for 20 s is gone for the gateway,
   * and messages (`audioFormat` of a container) ask each 5 s in any case. Default 5,000.
   */
  readonly heartbeatIntervalMs?: number;
  /** How long one dial may take, ms. Default 10,000. */
  readonly connectionTimeoutMs?: number;
  /** PCM for the gateway's speech; or a container, as messages for an app of your own. Default `audio/pcm`. */
  readonly audioFormat?: ClientAudioFormat;
  /** Of PCM, 8,000 to 48,000. Default 16,000, or the `capture`'s. */
  readonly sampleRateHz?: number;
  /** What is heard instead of the platform's microphone. Made once for each `startAudioCapture`; the first may be made by `connect`, for its format. */
  readonly capture?: () => PcmSource;
  /** What is known of the network: one that comes back ends every wait. Default: the platform's, where the entry brings its signals. */
  readonly network?: NetworkMonitor;
  /** Lets `ws:` go to other machines, with the bearer in the clear. Default false. */
  readonly insecure?: boolean;
  /** How long `close` may take to deliver what is left, ms. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /**
   * With containers: keeps what the gateway has not acknowledged beyond the life of the page (`openMessageSpool`). For one client, whose
   * `close` ends it. With PCM give `session: { spool }`.
   */
  readonly spool?: MessageSpool;
  /** Anything else that a session takes, such as `retentionBytes` or `inspect`. */
  readonly session?: PassedSessionOptions;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

type Given =
  'maxReconnectAttempts' | 'initialReconnectDelay' | 'maxReconnectDelay' | 'sampleRateHz';
type Parts = 'capture' | 'network' | 'spool';

export type ResolvedClient = Required<Omit<VoiceClientOptions, Given | Parts>> & {
  readonly [Name in Given | Parts]: VoiceClientOptions[Name];
} & { readonly isGraceGiven: boolean };

/** Its dead time, and a margin. */
const UNTIL_MISSED_MS = 30_000;
const MOST_HEARTBEAT_MS = SERVER_DEAD_MS - 5_000;

/** @throws TenutoError OPTION_INVALID */
export function resolveClient(options: VoiceClientOptions): ResolvedClient {
  const known = {
    maxReconnectAttempts: options.maxReconnectAttempts,
    initialReconnectDelay: options.initialReconnectDelay,
    maxReconnectDelay: options.maxReconnectDelay,
    graceWindowMs: options.graceWindowMs ?? 120_000,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? PING_IDLE_MS,
    connectionTimeoutMs: options.connectionTimeoutMs ?? 10_000,
    audioFormat: options.audioFormat ?? 'audio/pcm',
    sampleRateHz: options.sampleRateHz,
    capture: options.capture,
    network: options.network,
    spool: options.spool,
    insecure: options.insecure ?? false,
    closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    session: options.session ?? {},
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  };
  checkOptions('VoiceClient', options, known);
  const resolved: ResolvedClient = { ...known, isGraceGiven: options.graceWindowMs !== undefined };
  checkName('audioFormat', resolved.audioFormat, {
    'audio/pcm': 0,
    'audio/webm': 0,
    'audio/mp4': 0,
  });
  checkNumbers(resolved);
  if (resolved.audioFormat !== 'audio/pcm') checkContainer(options);
  else if (resolved.spool !== undefined) throw noMessages();
  const heartbeatIntervalMs = Math.min(resolved.heartbeatIntervalMs, MOST_HEARTBEAT_MS);
  return { ...resolved, heartbeatIntervalMs };
}

function checkNumbers(resolved: ResolvedClient): void {
  const {
    maxReconnectAttempts: attempts = 0,
    initialReconnectDelay: initialMs = 0,
    maxReconnectDelay: mostMs = Infinity,
    graceWindowMs: graceMs,
    heartbeatIntervalMs: beatMs,
    connectionTimeoutMs: dialMs,
    closeTimeoutMs: closeMs,
  } = resolved;
  const isCount = Number.isInteger(attempts) || attempts === Infinity;
  checkNumber(
    'maxReconnectAttempts',
    attempts,
    isCount && attempts >= 0,
    'that is whole, 0 or more',
  );
  checkNumber(
    'initialReconnectDelay',
    initialMs,
    initialMs >= 0 && initialMs < Infinity,
    'that is 0 or more',
  );
  checkNumber('maxReconnectDelay', mostMs, mostMs >= 0, 'that is 0 or more');
  const isGrace = graceMs >= 1_000 && graceMs <= 600_000;
  checkNumber(
    'graceWindowMs',
    graceMs,
    isGrace,
    'from 1,000 to 600,000: no gateway keeps a session for longer',
  );
  const isBeat = beatMs >= 1_000 && beatMs < Infinity;
  checkNumber('heartbeatIntervalMs', beatMs, isBeat, 'that is 1,000 or more');
  checkNumber('connectionTimeoutMs', dialMs, dialMs > 0 && dialMs < Infinity, 'above 0');
  checkNumber('closeTimeoutMs', closeMs, closeMs >= 0 && closeMs < Infinity, 'that is 0 or more');
  const { maxReconnectDelay: longestMs = 30_000 } = resolved;
  if (initialMs <= longestMs) return;
  throw invalid(
    `initialReconnectDelay is ${initialMs}, above maxReconnectDelay, ${longestMs}.`,
    'Give a maxReconnectDelay that is as long or longer.',
  );
}

/** Of what is for PCM nothing can be done where audio goes as messages: said, rather than passed over. */
function checkContainer({ audioFormat, ...options }: VoiceClientOptions): void {
  const reasons: Readonly<Partial<Record<keyof VoiceClientOptions, string>>> = {
    sampleRateHz: 'the browser encodes at the rate of its choice',
    capture: 'the browser records by itself',
    session: 'there is no session',
  };
  for (const [name, reason] of Object.entries(reasons)) {
    if (options[name as keyof typeof options] === undefined) continue;
    throw invalid(
      `${name} does nothing with audioFormat "${audioFormat ?? ''}": ${reason}.`,
      `Leave ${name} out, or take audioFormat "audio/pcm".`,
    );
  }
}

function noMessages(): Error {
  return invalid(
    'spool is one of messages, and audioFormat is "audio/pcm".',
    'Give session: { spool } what openSpool resolves to.',
  );
}

const SCHEDULE = ['maxReconnectAttempts', 'initialReconnectDelay', 'maxReconnectDelay'] as const;

/** How often and how long is dialled, for a session. */
export function policyOf(resolved: ResolvedClient): Partial<ReconnectPolicy> {
  const { initialReconnectDelay: baseMs = 1_000, maxReconnectDelay: capMs = 30_000 } = resolved;
  const { maxReconnectAttempts: maxAttempts, graceWindowMs, isGraceGiven } = resolved;
  const forMs = resolved.session.spool === undefined || isGraceGiven ? graceWindowMs : Infinity;
  const persistMs = maxAttempts === undefined || isGraceGiven ? forMs + UNTIL_MISSED_MS : 0;
  const common = { persistMs, retryInitialConnect: true };
  if (SCHEDULE.every((name) => resolved[name] === undefined)) return common;
  return {
    ...common,
    maxAttempts: maxAttempts ?? 10,
    baseMs,
    capMs,
    firstDelayMs: baseMs,
    pressForMs: 0,
  };
}

/** The same for messages. */
export function scheduleOf(resolved: ResolvedClient): Readonly<Record<string, number>> {
  const {
    initialReconnectDelay = 1_000,
    maxReconnectDelay = 30_000,
    maxReconnectAttempts,
  } = resolved;
  if (SCHEDULE.every((name) => resolved[name] === undefined)) return {};
  return {
    minReconnectionDelay: initialReconnectDelay,
    reconnectionDelayGrowFactor: 2,
    maxReconnectionDelay: maxReconnectDelay,
    maxRetries: maxReconnectAttempts ?? Infinity,
  };
}
