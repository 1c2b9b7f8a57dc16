/** What one entry of a file has room for. */
import { MAX_ID_BYTES, MAX_SESSION_ID_BYTES } from './entry.ts';
import { invalid } from '../../../ports/option-errors.ts';

const MAX_STORED_BYTES = 64 * 1_024 * 1_024;

/** @throws TenutoError OPTION_INVALID */
export function checkAppend(sessionId: string, { length }: Uint8Array, id: string): void {
  const sessionBytes = Buffer.byteLength(sessionId);
  const isFine = sessionBytes > 0 && sessionBytes <= MAX_SESSION_ID_BYTES;
  if (!isFine || Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw invalid(
      `A session id of ${sessionBytes} bytes or an id of ${Buffer.byteLength(id)} cannot be kept.`,
      `Give a session id of 1 to ${MAX_SESSION_ID_BYTES} bytes, and an id of ${MAX_ID_BYTES} at most.`,
    );
  }
  if (length <= MAX_STORED_BYTES) return;
  throw invalid(
    `A record of ${length} bytes cannot be kept.`,
    `Keep records to ${MAX_STORED_BYTES} bytes.`,
  );
}
