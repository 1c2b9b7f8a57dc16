/** The body of `POST /v1/auth/grant`. */
import type { IncomingMessage } from 'node:http';
import { DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS } from './credentials.ts';

const MAX_BODY_BYTES = 4_096;

/** How long the token shall last; null where the body is not understood. */
export async function readGrantTtl(request: IncomingMessage): Promise<number | null> {
  const text = await readBody(request);
  if (text === null) return null;
  if (text.trim() === '') return DEFAULT_TTL_SECONDS;
  const body = parse(text);
  if (typeof body !== 'object' || body === null) return null;
  const ttl = 'ttl_seconds' in body ? body.ttl_seconds : DEFAULT_TTL_SECONDS;
  const isRight = Number.isInteger(ttl) && Number(ttl) >= 1 && Number(ttl) <= MAX_TTL_SECONDS;
  return isRight ? Number(ttl) : null;
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BODY_BYTES) return null;
    }
  } catch {
    // The client went away: nobody will read the answer.
    return null;
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
