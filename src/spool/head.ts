/** What a spool knows of its session beside the audio: small, written with every block, and secret, since a token is in it. */
import { isHead } from './head-check.ts';
import type { SpoolHead } from './head.types.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeHead(head: SpoolHead): Uint8Array {
  return encoder.encode(JSON.stringify(head));
}

/** Null for what is none of this version, or cannot be so. */
export function decodeHead(bytes: Uint8Array): SpoolHead | null {
  try {
    const head: unknown = JSON.parse(decoder.decode(bytes));
    return isHead(head) ? head : null;
  } catch {
    return null;
  }
}
