/** What a client sends, on its way into the session: what is new, and may come, is in the log soon, and the app has it. */
import type { SessionLog } from './session-log.ts';
import type { SessionState } from './session-state.ts';
import type { SessionTally } from './session-tally.ts';
import type { UpStream } from './up-stream.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { encodeFrame } from '../protocol/frames.ts';
import type { DataFrame, GapFrame } from '../protocol/types.ts';

/** The session. */
export interface IntakeParts {
  readonly state: SessionState;
  readonly up: UpStream;
  readonly log: SessionLog;
  readonly tally: SessionTally;
  readonly isKept: boolean;
  readonly isEnding: boolean;
  readonly isNearItsEnd: boolean;
}

/** The frame's bytes are only valid during the call. Why nothing of this number, or of this length, may come; else null. */
export function takeUp(
  session: IntakeParts,
  bytes: Uint8Array,
  frame: DataFrame | GapFrame,
  atMs: number,
): CloseCode | null {
  const { state, up: stream, log, tally } = session;
  const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
  const to = lastSeqOf(frame);
  const { up } = state.now;
  if (to <= up) tally.duplicate();
  if (to <= up || session.isEnding || !session.isKept) return null; // it is here already, or has come too late
  if (from > up + 1 || session.isNearItsEnd) return CLOSE.protocolError;
  if (frame.type === 'gap' && from <= up) {
    const rest = stream.restOf(frame, up + 1);
    return takeUp(session, encodeFrame(rest), rest, atMs);
  }
  if (frame.type === 'gap' && stream.isOverfull) return CLOSE.rate;
  if (!log.hasRoomFor(bytes.length)) return CLOSE.overCredit;
  log.cut();
  tally.took(frame, atMs);
  state.now.up = to;
  log.add({ isDown: false, bytes });
  if (stream.take(frame)) log.flushSoon(); // for anything else only an acknowledgement waits
  return null;
}

export function lastSeqOf(frame: DataFrame | GapFrame): number {
  return frame.type === 'data' ? frame.seq : frame.toSeq;
}
