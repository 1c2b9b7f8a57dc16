/** The platform's WebCrypto, as far as a spool needs it: browsers (on secure pages), Node, and React Native with a polyfill. */

/** A CryptoKey: the platform's own, and opaque here. */
export interface WebCryptoKey {
  readonly type: string;
  readonly extractable: boolean;
}

export interface WebCryptoLike {
  getRandomValues(bytes: Uint8Array): unknown;
  readonly subtle: {
    importKey(
      format: 'raw',
      bytes: Uint8Array,
      algorithm: string,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<WebCryptoKey>;
    encrypt(params: object, key: WebCryptoKey, bytes: Uint8Array): Promise<ArrayBuffer>;
    decrypt(params: object, key: WebCryptoKey, bytes: Uint8Array): Promise<ArrayBuffer>;
  };
}

/** Null where there is none. */
export function platformCrypto(): WebCryptoLike | null {
  const { crypto } = globalThis as { crypto?: { readonly subtle?: unknown } };
  return crypto?.subtle === undefined ? null : (crypto as unknown as WebCryptoLike);
}
