/** What `send` takes, as the standard converts it; and what `message` brings. */
import type { Outgoing } from './outbox.ts';

export type SocketData = string | ArrayBufferLike | ArrayBufferView | Blob;

/** Of a received binary message. */
export type SocketBinaryType = 'blob' | 'arraybuffer';

/** The bytes are copied: their owner may use them again at once. @param onRead called once a Blob's bytes are here, or null. */
export function outgoingOf(
  data: unknown,
  onRead: (message: Outgoing, bytes: Uint8Array | null) => void,
): Outgoing {
  if (ArrayBuffer.isView(data)) {
    return binary(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  if (data instanceof ArrayBuffer || isShared(data)) return binary(new Uint8Array(data));
  if (data instanceof Blob) return fromBlob(data, onRead);
  const text = String(data);
  return { data: text, bytes: utf8Bytes(text) };
}

export function incomingOf(
  data: string | Uint8Array,
  binaryType: SocketBinaryType,
): string | ArrayBuffer | Blob {
  if (typeof data === 'string') return data;
  const bytes = data as Uint8Array<ArrayBuffer>; // a copy of our own, from its first byte to its last
  return binaryType === 'blob' ? new Blob([bytes]) : bytes.slice().buffer;
}

/** A page that is not isolated from others has no such class (HTML Standard, section 8.1.3.9), and phones have none. */
function isShared(data: unknown): data is SharedArrayBuffer {
  return typeof SharedArrayBuffer === 'function' && data instanceof SharedArrayBuffer;
}

function binary(data: Uint8Array): Outgoing {
  return { data: new Uint8Array(data), bytes: data.length }; // not slice(): of a Buffer that is no copy
}

function fromBlob(
  blob: Blob,
  onRead: (message: Outgoing, bytes: Uint8Array | null) => void,
): Outgoing {
  const message: Outgoing = { data: null, bytes: blob.size };
  const reading = 'arrayBuffer' in blob ? blob.arrayBuffer() : Promise.reject(new TypeError());
  reading.then(
    (buffer) => onRead(message, new Uint8Array(buffer)),
    () => onRead(message, null),
  );
  return message;
}

/** Without making the bytes. A lone surrogate becomes U+FFFD, which has three. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (isPairAt(text, at, unit)) {
      at += 1; // four bytes for two units
    }
  }
  return bytes;
}

function isPairAt(text: string, at: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}
