/** Giving the conversation back to a link that is configured, and the conversation that then runs over it. */
import type { Demux } from './demux.ts';
import type { Link } from './link.ts';
import type { Talk } from './talk.ts';
import type { Speaker } from './talk.types.ts';
import type { RestoreResult } from '../../machines/connection.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Failure } from '../../machines/failure.ts';
import type { ConversationEvent, HandshakeEvent } from '../providers/events.ts';

type Restored = Extract<HandshakeEvent, { kind: 'restored' }>;

/** Some two hundred items are taken within seconds; a service that takes longer is not there. */
const RESTORE_WITHIN_MS = 15_000;

interface Wait {
  readonly link: Link;
  readonly finish: (restored: Restored | null) => void;
}

export class Restoring {
  readonly #clock: Clock;
  readonly #demux: Demux;
  readonly #talk: Talk;
  /** The link that carries the conversation, from the moment that it is given back. */
  #link: Link | null = null;
  #wait: Wait | null = null;
  #timer: unknown = null;

  constructor(clock: Clock, demux: Demux, talk: Talk) {
    this.#clock = clock;
    this.#demux = demux;
    this.#talk = talk;
  }

  /** Never settles where the link is lost meanwhile: the chart knows. */
  async begin(link: Link): Promise<RestoreResult> {
    const frames = link.restoreFrames();
    this.#link = link;
    if (frames !== null) link.sendFrames(frames);
    this.#talk.open(this.#speakerOf(link));
    const restored = frames === null ? link.restored : await this.#acknowledged(link);

    return {
      resumed: restored?.resumed ?? false,
      toolCallsCarried: restored?.toolCallsCarried ?? 0,
      atMs: this.#clock.nowMs(),
    };
  }

  /** The service has taken everything. It may say so before it is asked: some acknowledge nothing. */
  restored(link: Link): void {
    if (this.#wait?.link === link) this.#wait.finish(link.restored);
  }

  /** Whether it was given the conversation, and is told of all that is said. */
  carries(link: Link): boolean {
    return link === this.#link;
  }

  /** Only the link that carries the conversation is heard. */
  take(link: Link, event: ConversationEvent): void {
    if (link === this.#link) this.#talk.take(event);
  }

  /** An answer on this link failed alone. */
  replyFailed(link: Link, failure: Failure): void {
    if (link === this.#link) this.#talk.replyFailed(failure);
  }

  leave(link: Link): void {
    if (link !== this.#link) return;
    this.#stopTimer();
    this.#wait = null;
    this.#link = null;
    this.#talk.shut();
  }

  /** What a link can be asked for in a conversation. */
  #speakerOf(link: Link): Speaker {
    return {
      traits: link.candidate.provider.traits,
      ask: (order) => link.order(order),
      msOf: (sample) => this.#demux.msOfSample(sample),
    };
  }

  #acknowledged(link: Link): Promise<Restored | null> {
    if (link.restored !== null) return Promise.resolve(link.restored);
    return new Promise((resolve) => {
      this.#timer = this.#clock.setTimeout(() => {
        link.fail({ kind: 'transient', code: 'restore', detail: 'it was not taken in time' });
      }, RESTORE_WITHIN_MS);
      this.#wait = {
        link,
        finish: (restored) => {
          this.#stopTimer();
          this.#wait = null;
          resolve(restored);
        },
      };
    });
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
