/** The books as a session shows them. */
import type { GapEvent, SessionLedger } from './events.ts';
import type { GapRange } from '../audio/ledger.ts';
import type { Uplink } from '../audio/uplink.ts';

export function ledgerOf(uplink: Uplink, duplicatesSuppressed: number): SessionLedger {
  const { ledger } = uplink;
  const bytes = ledger.bytes();
  const { captured, delivered, gap, buffered } = ledger.chunks();
  return {
    captured,
    delivered,
    gap,
    buffered,
    capturedMs: uplink.msOf(bytes.captured),
    deliveredMs: uplink.msOf(bytes.delivered),
    gapMs: uplink.msOf(bytes.gap),
    bufferedMs: uplink.msOf(bytes.buffered),
    replayed: ledger.replayedChunks,
    replayedMs: uplink.msOf(ledger.replayedBytes),
    duplicatesSuppressed,
  };
}

export function gapEventOf(uplink: Uplink, { from, to, chunks, reason }: GapRange): GapEvent {
  const fromMs = uplink.msOf(from);
  const toMs = uplink.msOf(to);
  return { type: 'gap', fromMs, toMs, durationMs: toMs - fromMs, chunks, reason };
}
