/**
 * AES-GCM by WebCrypto. Each piece has a nonce of its own, 96 bits of chance: with one key 2^32 pieces may be sealed (NIST SP
 * 800-38D, 8.3): over a year of audio, where each chunk of 20 ms is sealed as it comes. The place of a piece is bound to it as additional data.
 */
import { invalid } from '../ports/option-errors.ts';
import type { SpoolCipher } from '../ports/spool.ts';
import { platformCrypto } from '../ports/web-crypto.ts';
import type { WebCryptoKey, WebCryptoLike } from '../ports/web-crypto.ts';

/** A CryptoKey for AES-GCM that may encrypt and decrypt, or the 16 or 32 bytes of one. */
export type SpoolKey = WebCryptoKey | Uint8Array;

const NONCE_BYTES = 12;
const KEY_BYTES: readonly number[] = [16, 32];
const encoder = new TextEncoder();

/** @throws TenutoError OPTION_INVALID for what is no key, or where the platform has no WebCrypto. */
export async function cipherFor(
  key: SpoolKey,
  crypto: WebCryptoLike | null = platformCrypto(),
): Promise<SpoolCipher> {
  if (crypto === null) {
    throw invalid(
      'key is given, and this platform has no WebCrypto.',
      'Open the page over https:, or give a cipher of your own in its place.',
    );
  }
  const own = await keyOf(key, crypto);
  return {
    seal: async (bytes, place) => {
      const iv = new Uint8Array(NONCE_BYTES);
      crypto.getRandomValues(iv);
      const sealed = await crypto.subtle.encrypt(paramsOf(iv, place), own, bytes);
      const whole = new Uint8Array(NONCE_BYTES + sealed.byteLength);
      whole.set(iv);
      whole.set(new Uint8Array(sealed), NONCE_BYTES);
      return whole;
    },
    open: async (sealed, place) => {
      const [iv, rest] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)];
      try {
        return new Uint8Array(await crypto.subtle.decrypt(paramsOf(iv, place), own, rest));
      } catch {
        return null; // it says no more than that
      }
    },
  };
}

async function keyOf(key: SpoolKey, { subtle }: WebCryptoLike): Promise<WebCryptoKey> {
  const isBytes = key instanceof Uint8Array;
  if (!isBytes && (Object(key) as Partial<WebCryptoKey>).type === 'secret') return key;
  if (!isBytes || !KEY_BYTES.includes(key.length)) {
    throw invalid(
      isBytes ? `key has ${key.length} bytes.` : 'key is no key.',
      'Give a Uint8Array of 16 or 32 bytes, or a CryptoKey for AES-GCM.',
    );
  }
  return subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function paramsOf(iv: Uint8Array, place: string): object {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(place) };
}
