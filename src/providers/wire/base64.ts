/** Base64 (RFC 4648, section 4) of audio, where the platform has no fast way of its own. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

interface BufferLike {
  from(data: ArrayBufferLike, offset: number, length: number): { toString(as: 'base64'): string };
  from(data: string, as: 'base64'): Uint8Array;
}

/** Node's own is many times faster, and is found by name so that browsers need no stand-in for it. */
const platform = (globalThis as { readonly Buffer?: BufferLike }).Buffer;

export function toBase64(bytes: Uint8Array): string {
  if (platform !== undefined) {
    return platform.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  }
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** Null for what is not base64; the alphabet for addresses (section 5) is read too. */
export function fromBase64(text: string): Uint8Array | null {
  if (!BASE64.test(text) || text.replace(/=+$/, '').length % 4 === 1) return null;
  if (platform !== undefined) {
    const { buffer, byteOffset, byteLength } = platform.from(text, 'base64');
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
}
