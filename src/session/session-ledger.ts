/** The books as a session shows them. */
import type { SessionLedger } from './events.ts';
import type { Uplink } from '../audio/uplink.ts';

export function ledgerOf(uplink: Uplink, duplicatesSuppressed: number): SessionLedger {
  const { ledger } = uplink;
  const bytes = ledger.bytes();
  return {
    ...ledger.chunks(),
    capturedMs: uplink.msOf(bytes.captured),
    deliveredMs: uplink.msOf(bytes.delivered),
    gapMs: uplink.msOf(bytes.gap),
    bufferedMs: uplink.msOf(bytes.buffered),
    replayed: ledger.replayedChunks,
    replayedMs: uplink.msOf(ledger.replayedBytes),
    duplicatesSuppressed,
  };
}
