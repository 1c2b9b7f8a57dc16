/** A spool in whatever storage: what is there is read, looked through, and dropped where it is too old. */
import { cipherFor } from './cipher.ts';
import type { SpoolKey } from './cipher.ts';
import { recover } from './recovery.ts';
import { Sealing } from './sealing.ts';
import { KeptSpool } from './spool.ts';
import { unavailable } from './spool-errors.ts';
import type { SpoolSettings } from './spool-facts.ts';
import type { WallClock } from '../ports/clock.ts';
import { systemWallClock } from '../ports/clock.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';
import type { Spool, SpoolCipher, SpoolStorage, StoredSpool } from '../ports/spool.ts';

export interface OpenSpoolOptions {
  /** Which of several it is: a letter or digit, then 63 of `A–Z a–z 0–9 . _ -`. One session has one. */
  readonly name: string;
  /**
   * Encrypts all that is stored, by AES-GCM: a CryptoKey, or the 16 or 32 bytes of one. Default: nothing is encrypted, and who reads
   * this machine's storage reads the audio, and the token that opens the session.
   */
  readonly key?: SpoolKey;
  /** In the place of `key`, where the platform has no WebCrypto. */
  readonly cipher?: SpoolCipher;
  /**
   * Of audio, at the most: beyond it the oldest that no result covers is given up, and told as a gap. Default 64 MiB, which are
   * 35 minutes at 16 kHz. The session holds as much of it in memory.
   */
  readonly capacityBytes?: number;
  /** How often what was captured is stored: so much of it a process that is killed loses at the most. Default 250 ms. */
  readonly flushEveryMs?: number;
  /** What was written longer ago is dropped, and told as `dropped`. Default 24 h. */
  readonly maxAgeMs?: number;
  /** Whatever there is, is thrown away unread. Default false. */
  readonly fresh?: boolean;
  /** For `maxAgeMs`, and for times across lives. Default: this machine's. */
  readonly wallClock?: WallClock;
}

const KNOWN: Readonly<Record<keyof OpenSpoolOptions, 0>> = {
  name: 0,
  key: 0,
  cipher: 0,
  capacityBytes: 0,
  flushEveryMs: 0,
  maxAgeMs: 0,
  fresh: 0,
  wallClock: 0,
};
const DEFAULT_CAPACITY_BYTES = 64 * 1_024 * 1_024;
const DEFAULT_FLUSH_MS = 250;
export const DAY_MS = 86_400_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE.
 */
export async function openSpoolIn(
  storage: SpoolStorage,
  options: OpenSpoolOptions,
): Promise<Spool> {
  return openKeptSpool(storage, options);
}

export async function openKeptSpool(
  storage: SpoolStorage,
  options: OpenSpoolOptions,
): Promise<KeptSpool> {
  checkOptions('openSpool', options, KNOWN); // a misspelt key would leave the audio for everybody to read
  const capacityBytes = above0('capacityBytes', options.capacityBytes ?? DEFAULT_CAPACITY_BYTES);
  return openPlace(storage, options, {
    recover,
    make: (place, ...found) => new KeptSpool({ ...place, capacityBytes }, ...found),
  });
}

/** Where a spool of any kind is, and how often it is stored. */
export type SpoolPlace = Omit<SpoolSettings, 'capacityBytes'>;

/** What a spool is of. */
export interface SpoolKind<Recovered, Opened> {
  /** @throws TenutoError SPOOL_KEY_WRONG, SPOOL_CORRUPT. */
  recover(name: string, stored: StoredSpool, sealing: Sealing): Promise<Recovered | null>;
  make(
    place: SpoolPlace,
    storage: SpoolStorage,
    sealing: Sealing,
    recovered: Recovered | null,
    isTooOld: boolean,
  ): Opened;
}

export async function openPlace<
  Recovered extends { readonly head: { readonly wallMs: number } },
  Opened,
>(
  storage: SpoolStorage,
  options: Omit<OpenSpoolOptions, 'capacityBytes'>,
  kind: SpoolKind<Recovered, Opened>,
): Promise<Opened> {
  const { name, fresh = false, wallClock = systemWallClock } = options;
  checkSpoolName(name);
  const flushEveryMs = above0('flushEveryMs', options.flushEveryMs ?? DEFAULT_FLUSH_MS);
  const maxAgeMs = above0('maxAgeMs', options.maxAgeMs ?? DAY_MS);
  const cipher =
    options.key === undefined ? (options.cipher ?? null) : await cipherFor(options.key);
  const sealing = new Sealing(name, cipher);
  const place = { name, flushEveryMs, wallClock };
  try {
    const recovered = await kind.recover(name, await storage.open(fresh), sealing);
    const isOld = recovered !== null && wallClock() - recovered.head.wallMs > maxAgeMs;
    if (isOld) await storage.clear();
    return kind.make(place, storage, sealing, recovered, isOld);
  } catch (error) {
    await storage.close().catch(() => undefined);
    throw unavailable(error);
  }
}

/** @throws TenutoError OPTION_INVALID */
export function checkSpoolName(name: unknown): void {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw invalid(
    `name is ${String(name)}.`,
    'Give a letter or digit, then at most 63 of letters, digits, ".", "_" and "-".',
  );
}

function above0(name: string, value: number): number {
  checkNumber(name, value, value > 0 && value <= Number.MAX_SAFE_INTEGER, 'above 0');
  return value;
}
