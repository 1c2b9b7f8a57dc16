/** The types of spools that entries show. */
export type { WebCryptoKey } from '../ports/web-crypto.ts';
export type {
  SpoolBlock,
  SpoolChange,
  SpoolCipher,
  SpoolStorage,
  StoredSpool,
} from '../ports/spool.ts';
export type { SpoolKey } from './cipher.ts';
export type { KeyValueStore } from './key-value-storage.ts';
export type { OpenSpoolOptions } from './open-spool.ts';
