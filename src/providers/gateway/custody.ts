/** What a client knows of its session at the gateway, from one socket to the next. Holds secrets: nobody inspects it. */
import { Numbers } from './numbers.ts';
import type { Random } from '../../ports/random.ts';
import type { HelloFrame, WelcomeFrame } from '../../protocol/types.ts';

const INST_BYTES = 16;

export interface CustodyOptions {
  readonly audio: HelloFrame['audio'];
  readonly app: string | null;
  readonly client: string;
  /** There is somebody to ask for a new bearer. */
  readonly renewsBearer?: boolean;
}

export class Custody {
  readonly inst: string;
  numbers = new Numbers(0);
  /** Counts the dials: one that was abandoned cannot take the session back. */
  #att = 0;
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
  /** Finals cover the audio through this sample. */
  fin = 0;
  /** When the first audio was captured. */
  #startedAtMs: number | null = null;

  constructor(random: Random) {
    this.inst = Array.from({ length: INST_BYTES }, () =>
      Math.floor(random.unit() * 256)
        .toString(16)
        .padStart(2, '0'),
    ).join('');
  }

  get isKnown(): boolean {
    return this.#sid !== null;
  }

  /** Milliseconds since the first audio. */
  sinceStartMs(capturedAtMs: number): number {
    this.#startedAtMs ??= capturedAtMs;
    return Math.max(0, Math.round(capturedAtMs - this.#startedAtMs));
  }

  hello({ audio, app, client }: CustodyOptions, wallMs: number): HelloFrame {
    this.#att += 1;
    const { inst, epoch, acked, received: rcv, fin, bearer } = this;
    const identity =
      this.#sid === null || this.#token === null ? {} : { sid: this.#sid, resume: this.#token };
    return {
      type: 'hello',
      v: 1,
      mode: 'sid' in identity ? 'resume' : 'new',
      ...identity,
      ...(bearer === '' ? {} : { auth: bearer }),
      ...(app === null ? {} : { app }),
      inst,
      att: this.#att,
      epoch,
      low: 1,
      next: this.numbers.last + 1,
      acked,
      rcv,
      fin,
      clock: { wall: wallMs, mono: 0 },
      audio,
      caps: [],
      client,
    };
  }

  /** The sample through which the gateway has the audio; null for a welcome that comes too late to be one. */
  welcomed({ sid, resume, epoch, lin, resumed, up }: WelcomeFrame): number | null {
    if (epoch <= this.epoch) return null;
    if (!resumed) this.#startAnew();
    else if (lin !== this.#lineage) this.received = 0;
    this.#sid = sid;
    this.#token = resume;
    this.#lineage = lin;
    this.epoch = epoch;
    this.acked = up;
    return this.numbers.endOf(up);
  }

  /** The session is gone. What has no final yet goes into the next one, as far as it is held. */
  forget(): void {
    this.#sid = null;
    this.#token = null;
  }

  #startAnew(): void {
    this.numbers = new Numbers(this.fin);
    this.received = 0;
  }
}
