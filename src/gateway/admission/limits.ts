/** What one client, one principal and one network may take of a gateway. */
import {
  MAX_BYTES_PER_S,
  MAX_FRAMES_PER_S,
  MAX_HELLOS_PER_ADDRESS_PER_MIN,
  MAX_HELLOS_PER_MIN,
  MAX_RIVAL_EPOCHS,
  MAX_SESSIONS_PER_PRINCIPAL,
  SESSION_STORE_MAX_BYTES,
  SUSTAINED_BYTES_RATIO,
} from '../../protocol/limits.ts';
import { invalid } from '../../ports/option-errors.ts';

/** Each may be `Infinity`. */
export interface AdmissionLimits {
  /** Sessions of one subject at a time, detached ones included; beyond it 4422. Default 5. */
  readonly sessionsPerPrincipal: number;
  /** Attachments, and new bearers, of one subject; beyond it 4421. Default 20. */
  readonly hellosPerMinute: number;
  /** Attachments from one address (of IPv6: one /64); beyond it 4421. Default 60. */
  readonly hellosPerAddressPerMinute: number;
  /** Epochs within 10 s by clients that take a session from each other; beyond it 4421. Default 3. */
  readonly rivalEpochs: number;
  /** Sessions of this gateway, each up to 512 KiB and what the store keeps; beyond it 4420. Default 10,000. */
  readonly sessions: number;
  /** Clients that are being let in at the same moment: a storm after an outage waits its turn (4420). Default 500. */
  readonly hellosAtOnce: number;
  /** Sockets that have not said who they are; beyond it the upgrade is refused with 503. Default 20,000. */
  readonly unauthenticated: number;
  /** The same of one network: an IPv4 /24, an IPv6 /64. Default 10,000. */
  readonly unauthenticatedPerNetwork: number;
  /** Of one client; a resend may have three times as many at once. Credit is withheld beyond it. Default 200. */
  readonly framesPerS: number;
  /** The same in bytes. Default 196,608: 128 KiB and half as much again. */
  readonly bytesPerS: number;
  /** What a session may hold that its application has not handled; then credit stops. Default 8 MiB. */
  readonly unhandledBytesPerSession: number;
  /**
   * What all sessions may hold in memory that is not in the log, or that their clients have not acknowledged; then credit stops,
   * and new sessions are refused (4420). Bytes; default 1 GiB.
   */
  readonly memoryBytes: number;
}

export const DEFAULT_LIMITS: AdmissionLimits = {
  sessionsPerPrincipal: MAX_SESSIONS_PER_PRINCIPAL,
  hellosPerMinute: MAX_HELLOS_PER_MIN,
  hellosPerAddressPerMinute: MAX_HELLOS_PER_ADDRESS_PER_MIN,
  rivalEpochs: MAX_RIVAL_EPOCHS,
  sessions: 10_000,
  hellosAtOnce: 500,
  unauthenticated: 20_000,
  unauthenticatedPerNetwork: 10_000,
  framesPerS: MAX_FRAMES_PER_S,
  bytesPerS: MAX_BYTES_PER_S * SUSTAINED_BYTES_RATIO,
  unhandledBytesPerSession: SESSION_STORE_MAX_BYTES,
  memoryBytes: 1_024 * 1_024 * 1_024,
};

/** Without a verifier everybody is one principal, on this machine: there is nobody to keep from whom. */
export const OPEN_LIMITS: AdmissionLimits = {
  ...DEFAULT_LIMITS,
  sessionsPerPrincipal: Infinity,
  hellosPerMinute: Infinity,
  hellosPerAddressPerMinute: Infinity,
  framesPerS: Infinity,
  bytesPerS: Infinity,
};

/** @throws TenutoError OPTION_INVALID */
export function limitsOf(
  given: Partial<AdmissionLimits> = {},
  defaults: AdmissionLimits = DEFAULT_LIMITS,
): AdmissionLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      const names = Object.keys(DEFAULT_LIMITS).join(', ');
      throw invalid(`There is no limit "${name}".`, `Take one of ${names}.`);
    }
    if (!(typeof value === 'number' && value > 0)) {
      throw invalid(`limits.${name} is ${String(value)}.`, 'Give a number above 0, or Infinity.');
    }
  }
  return { ...defaults, ...given };
}
