/**
 * An app that fails, as its session's log and client have it: how often it did, and what is not handed to it any more (PROTOCOL.md,
 * P24). What becomes of it its lease decides, whose orders are obeyed here.
 */
import type { DownStream } from './down-stream.ts';
import type { AppItem } from './guarded-app.ts';
import type { Lease } from './lease.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionState } from './session-state.ts';
import type { SessionKeeper } from './session.types.ts';
import { isSetAside } from '../../machines/lease.rules.ts';
import { DATA_HEADER_BYTES } from '../protocol/frames.ts';
import { writeJson } from '../protocol/json.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import { SET_ASIDE } from '../protocol/set-aside.ts';

/** The session. */
export interface AppFaultsParts {
  readonly id: string;
  readonly keeper: SessionKeeper;
  readonly lease: Lease;
  readonly state: SessionState;
  readonly log: SessionLog;
  readonly down: DownStream;
}

export class AppFaults {
  readonly #parts: AppFaultsParts;
  /** What it failed on just now. */
  item: AppItem | null = null;

  constructor(parts: AppFaultsParts) {
    this.#parts = parts;
  }

  isSetAside(seq: number): boolean {
    return isSetAside(this.#parts.lease.context.faults, seq);
  }

  /** The count is in the log: the next gateway goes on with it. */
  again(): void {
    this.#parts.keeper.house.counters.appFailures.again += 1;
    this.#note();
  }

  /** In one record with what its client is told: so that is told once, whatever dies. */
  setAside(seq: number): void {
    const { id: sessionId, keeper, log, down, state } = this.#parts;
    const { counters, logger, audit, tagOf } = keeper.house;
    const { bytes = 0, from, to, isGap = false } = this.item ?? {};
    const samples = from === undefined ? {} : { from, to };
    const told = writeJson({ type: SET_ASIDE, seq, bytes, ...samples }, MAX_FRAME_BYTES);
    log.makeRoom(DATA_HEADER_BYTES + told.length);
    this.#note();
    if (!isGap) down.say('json', told); // of a gap it knows
    const before = (state.card.setAside ?? []).filter((each) => each.seq > state.now.done);
    state.card = { ...state.card, setAside: [...before, { seq, down: state.now.down }] };
    counters.appFailures.setAside += 1;
    logger.error('An app failed again and again on one message: it is set aside.', {
      session: tagOf(sessionId),
      seq,
    });
    audit.tell('app.setAside', { sessionId, subject: state.card.subject });
  }

  /** Before the record that says that it is over. */
  gaveUp(): void {
    const { id: sessionId, keeper, state, log } = this.#parts;
    const { counters, logger, audit, tagOf } = keeper.house;
    state.card = { ...state.card, isGivenUp: true };
    log.touch();
    counters.appFailures.gaveUp += 1;
    logger.error('An app failed again and again: its session is given up.', {
      session: tagOf(sessionId),
    });
    audit.tell('app.gaveUp', { sessionId, subject: state.card.subject });
  }

  #note(): void {
    const { state, lease, log } = this.#parts;
    state.card = { ...state.card, faults: lease.context.faults };
    log.touch();
  }
}
