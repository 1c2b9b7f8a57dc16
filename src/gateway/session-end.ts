/**
 * How a session ends here: with everything said, at the app's word, for good, left for another gateway, or lost to one. When,
 * its lease decides, whose orders are obeyed here.
 */
import type { AppFaults } from './app-faults.ts';
import type { AppVoice } from './app-voice.ts';
import type { DownStream } from './down-stream.ts';
import type { GuardedApp } from './guarded-app.ts';
import type { Lease, LeaseObeyer } from './lease.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionKeeper } from './session.types.ts';
import type { LeaseOrder, LeaseRelease } from '../../machines/lease.types.ts';
import { CLOSE } from '../protocol/close-codes.ts';

/** The session. */
export interface SessionEndParts {
  readonly id: string;
  readonly keeper: SessionKeeper;
  readonly lease: Lease;
  readonly log: SessionLog;
  readonly app: GuardedApp;
  readonly faults: AppFaults;
  readonly voice: AppVoice;
  readonly down: DownStream;
  /** Everything was said, and is in the log: it is only here for a client that may ask once more. */
  onConcluded(): void;
  /** It is not here any more. */
  onGone(why: LeaseRelease): void;
}

export class SessionEnd implements LeaseObeyer {
  readonly #parts: SessionEndParts;
  #isGone = false;
  /** Who waits for that. */
  #waiting: (() => void)[] | null = null;
  /** Asked on one attachment, and again on the next. */
  #finishing: Promise<void> | null = null;
  #isByApp = false;

  constructor(parts: SessionEndParts) {
    this.#parts = parts;
    parts.lease.obeyedBy(this);
  }

  /** Resolves when whoever asks for the session finds it elsewhere, or ended. */
  get gone(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    return new Promise((resolve) => (this.#waiting ??= []).push(resolve));
  }

  /** The client has said that nothing follows, or the app. */
  get isNear(): boolean {
    return this.#finishing !== null;
  }

  /** The app has ended it: what still comes in leads to nothing. */
  get isByApp(): boolean {
    return this.#isByApp;
  }

  /** Nothing follows. Resolves when all of it was handled, and what came of it is in the log and was sent. */
  finish(): Promise<void> {
    return (this.#finishing ??= this.#finish());
  }

  /** The app has said all: that still arrives. */
  byApp(): void {
    this.#isByApp = true;
    this.#finishing ??= this.#conclude().then(() => {
      if (this.#parts.lease.isKept) this.#parts.down.finished();
    });
  }

  async #finish(): Promise<void> {
    const { log, app, voice } = this.#parts;
    await log.settled();
    await app.finish();
    voice.shut();
    await this.#conclude();
  }

  /** Everything is in the log: what the client may not have of it is kept for it, and nothing else. */
  async #conclude(): Promise<void> {
    const { lease, log, app } = this.#parts;
    await log.settled();
    if (!lease.isKept) return;
    lease.step({ type: 'app.concluded' });
    this.#parts.onConcluded();
    void app.close();
  }

  obey(order: LeaseOrder): void {
    const { id, keeper, lease, log, down, faults } = this.#parts;
    switch (order.type) {
      case 'client.dismiss':
        down.client?.close(CLOSE[order.why]); // which detaches it
        return;
      case 'log.renew':
        log.touch();
        log.flush();
        return;
      case 'fault.note':
        faults.again();
        return;
      case 'item.setAside':
        faults.setAside(order.seq);
        return;
      case 'log.settle':
        void this.#settle();
        return;
      case 'log.end':
        void this.#end();
        return;
      case 'session.release':
        void this.#release(order.why);
        return;
      default:
        keeper.retire(id, lease, order);
    }
  }

  async #settle(): Promise<void> {
    const { lease, log, voice } = this.#parts;
    voice.shut();
    await log.settled();
    lease.step({ type: 'log.settled' });
  }

  /** Where the log turns out to be another's, its lease is over by then. */
  async #end(): Promise<void> {
    const { lease, log, voice, faults } = this.#parts;
    voice.shut();
    if (lease.context.ending === 'failed') faults.gaveUp();
    await log.end();
    lease.step({ type: 'end.committed' });
  }

  async #release(why: LeaseRelease): Promise<void> {
    const { keeper, log, voice, app } = this.#parts;
    voice.shut();
    log.release();
    const isCutOff = (why === 'left' || why === 'uncertain') && log.hasUnwritten;
    if (isCutOff) keeper.house.counters.unwritten += 1;
    this.#parts.onGone(why);
    await app.close();
    this.#isGone = true;
    for (const resolve of this.#waiting ?? []) resolve();
    this.#waiting = null;
  }
}
