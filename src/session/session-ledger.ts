/** The books as a session shows them. */
import type { SessionLedger } from './events.ts';
import type { Uplink } from '../audio/uplink.ts';

/** @param msOf the duration of so many bytes of audio. */
export function ledgerOf(
  { ledger }: Uplink,
  duplicatesSuppressed: number,
  msOf: (bytes: number) => number,
): SessionLedger {
  const bytes = ledger.bytes();
  return {
    ...ledger.chunks(),
    capturedMs: msOf(bytes.captured),
    deliveredMs: msOf(bytes.delivered),
    gapMs: msOf(bytes.gap),
    bufferedMs: msOf(bytes.buffered),
    replayed: ledger.replayedChunks,
    replayedMs: msOf(ledger.replayedBytes),
    duplicatesSuppressed,
  };
}
