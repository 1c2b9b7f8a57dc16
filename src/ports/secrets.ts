/** Chance that nobody may foretell: what opens a session is drawn here. */
export interface Secrets {
  /** So many bytes, which are the caller's. */
  bytes(count: number): Uint8Array;
}

/** The platform's own source of them (Web Cryptography, section 10.1.1). */
export const systemSecrets: Secrets = {
  bytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
};
