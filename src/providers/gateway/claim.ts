/** What proves to a gateway that a session is this client's, and how far the two had come: from one socket to the next. */
import { Blame } from './blame.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { Random } from '../../ports/random.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import type { CloseMeaning } from '../../protocol/close-codes.ts';
import type { HelloFrame, RefusedFrame, WelcomeFrame } from '../../protocol/types.ts';

const INST_BYTES = 16;
const MISUNDERSTOOD =
  'it closes every socket as a protocol error, also of a new session: another version, or something in between';

/** `maxSeq` of a client: it takes what comes (PROTOCOL.md, P7.1). */
export const NO_BOUND = 0xffff_ffff;

/** What stands in every HELLO of a client. */
export interface ClaimFacts {
  readonly audio: HelloFrame['audio'];
  readonly app: string | null;
  readonly client: string;
}

export interface Claimed {
  readonly inst: string;
  readonly att: number;
  readonly epoch: number;
  readonly acked: number;
  readonly received: number;
  readonly sid: string | null;
  readonly token: string | null;
  readonly lineage: string | null;
}

/** Nobody dials more often between two writes of a spool. */
const ATT_MARGIN = 1_000;

/** `stale`: the welcome comes after a newer one. `begun`: another session than before. `moved`: of another log. */
export type Welcomed = 'stale' | 'begun' | 'moved' | 'resumed';

/** Holds secrets: nobody inspects it. */
export class Claim {
  #inst: string;
  /** Counts the dials: one that was abandoned cannot take the session back. */
  att = 0;
  /** What is asked for. */
  app = 'speech';
  epoch = 0;
  /** The newest bearer. */
  bearer = '';
  #sid: string | null = null;
  #token: string | null = null;
  #lineage: string | null = null;
  /** Our frames are in the gateway's log through here. */
  acked = 0;
  /** The gateway's frames are here through this one. */
  received = 0;
  readonly blame = new Blame();

  constructor(random: Random) {
    this.#inst = Array.from({ length: INST_BYTES }, () =>
      Math.floor(random.unit() * 256)
        .toString(16)
        .padStart(2, '0'),
    ).join('');
  }

  get isKnown(): boolean {
    return this.#sid !== null;
  }

  /**
   * @param next the seq that the next new frame will have.
   * @param fin finals are here through this sample.
   */
  ask({ audio, app, client }: ClaimFacts, next: number, fin: number, wallMs: number): HelloFrame {
    this.att += 1;
    this.app = app ?? 'speech';
    const { att, epoch, bearer } = this;
    const identity =
      this.#sid === null || this.#token === null ? {} : { sid: this.#sid, resume: this.#token };
    const isResuming = 'sid' in identity;
    return {
      type: 'hello',
      v: 1,
      mode: isResuming ? 'resume' : 'new',
      ...identity,
      ...(bearer === '' ? {} : { auth: bearer }),
      ...(app === null ? {} : { app }),
      inst: this.#inst,
      att,
      epoch,
      low: 1,
      // The numbers of a session that is gone mean nothing to the next one.
      next: isResuming ? next : 1,
      acked: isResuming ? this.acked : 0,
      rcv: isResuming ? this.received : 0,
      fin,
      clock: { wall: wallMs, mono: 0 },
      audio,
      caps: [],
      client,
    };
  }

  take({ sid, resume, epoch, lin, resumed, up }: WelcomeFrame): Welcomed {
    if (epoch <= this.epoch) return 'stale';
    const isMoved = lin !== this.#lineage;
    if (!resumed || isMoved) this.received = 0;
    this.#sid = sid;
    this.#token = resume;
    this.#lineage = lin;
    this.epoch = epoch;
    this.acked = up;
    if (!resumed) return 'begun';
    this.blame.resumed();
    return isMoved ? 'moved' : 'resumed';
  }

  /** A frame of the gateway's. @returns how far it is ahead of what is here: 1 for the next, which then is; less for one that was. */
  admit(seq: number): number {
    const ahead = seq - this.received;
    if (ahead === 1) this.received = seq;
    return ahead;
  }

  /** A socket ended, and with it the session where that is gone, or is to blame (P16.3). @returns what it means for the chart. */
  ended(failure: Failure, { newSessionAfter }: CloseMeaning, atMs: number): Failure {
    const isOver = failure.kind === 'config';
    const fault =
      newSessionAfter === undefined || isOver
        ? null
        : this.blame.ofProtocolError(atMs, newSessionAfter);
    if (failure.kind === 'staleHandle' || fault === 'session') this.forget();
    return fault === 'client' ? { ...failure, kind: 'config', detail: MISUNDERSTOOD } : failure;
  }

  /** FIN was answered, and the answer lost: it is over there, and what was said there is here (PROTOCOL.md, P17.7). */
  isConcludedBy({ code, up = 0, lastSeq }: RefusedFrame, lastSent: number): boolean {
    if (code !== CLOSE.graceExpired || lastSeq === undefined) return false;
    return up >= lastSent && lastSeq <= this.received;
  }

  /** What another process of this client needs to take the session up. */
  protected get claimed(): Claimed {
    const { att, epoch, acked, received } = this;
    const [inst, sid, token, lineage] = [this.#inst, this.#sid, this.#token, this.#lineage];
    return { inst, att, epoch, acked, received, sid, token, lineage };
  }

  /** In a new process: dials of the old one that were not written down any more have numbers too. */
  protected set claimed(claimed: Claimed) {
    const { sid, token, lineage, inst, att, epoch, acked, received } = claimed;
    this.#inst = inst;
    Object.assign(this, { epoch, acked, received, att: att + ATT_MARGIN });
    this.#sid = sid;
    this.#token = token;
    this.#lineage = lineage;
  }

  /** The session is gone: the next dial begins another. */
  forget(): void {
    this.#sid = null;
    this.#token = null;
  }
}
