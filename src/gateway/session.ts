/**
 * One session on the gateway that owns it: what came in and what went out, what of it is in the log, and the client, while
 * it is there. What is acknowledged is in the log; what is sent was in the log before.
 */
import type { App } from './app.ts';
import { AppFaults } from './app-faults.ts';
import type { MemoryAccount } from './admission/memory.ts';
import { AppVoice } from './app-voice.ts';
import type { SessionCard } from './card.ts';
import { DownStream } from './down-stream.ts';
import type { Client } from './down-stream.ts';
import type { Snapshot } from './fencing.ts';
import { GuardedApp } from './guarded-app.ts';
import type { AppItem } from './guarded-app.ts';
import { lastSeqOf, takeUp } from './intake.ts';
import type { Lease, LeaseFacts } from './lease.ts';
import type { Standing } from './records.ts';
import { SessionEnd } from './session-end.ts';
import { SessionLog } from './session-log.ts';
import type { LogLoss } from './session-log.ts';
import { SessionState } from './session-state.ts';
import { SessionTally } from './session-tally.ts';
import type { GatewaySessionOptions, SessionKeeper } from './session.types.ts';
import type { Recalled } from './takeover.ts';
import { UpStream } from './up-stream.ts';
import type { LeaseRelease } from '../../machines/lease.types.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import type { DataFrame, GapFrame, HelloFrame } from '../protocol/types.ts';

export class GatewaySession {
  readonly id: string;
  readonly keeper: SessionKeeper;
  readonly lease: Lease;
  readonly state: SessionState;
  readonly log: SessionLog;
  readonly app: GuardedApp;
  readonly up: UpStream;
  readonly down: DownStream;
  readonly voice: AppVoice;
  readonly tally: SessionTally;
  readonly faults: AppFaults;
  readonly #end: SessionEnd;
  readonly #account: MemoryAccount;
  readonly #leavePlace: () => void;
  #onFenced: (() => void) | null = null;

  constructor(keeper: SessionKeeper, options: GatewaySessionOptions) {
    const { house, maxUnhandledBytes } = keeper;
    const { standing, card, account } = options;
    const { sampleRateHz } = card.audio;
    this.id = options.id;
    this.keeper = keeper;
    this.lease = options.lease;
    this.#account = account;
    this.#leavePlace = options.leavePlace;
    this.state = new SessionState(standing, card);
    this.tally = new SessionTally(house.counters, sampleRateHz, house.clock);
    this.log = new SessionLog(house, this, options, account);
    this.app = new GuardedApp(house, this);
    this.up = new UpStream(this.app, sampleRateHz, standing.fin, maxUnhandledBytes);
    this.down = new DownStream(this.state, this.log, account, this.app);
    this.voice = new AppVoice(this);
    this.faults = new AppFaults(this);
    this.#end = new SessionEnd(this);
  }

  get card(): SessionCard {
    return this.state.card;
  }

  get standing(): Standing {
    return this.state.now;
  }

  /** Through here the client's frames are in the log. */
  get committed(): number {
    return this.state.committed.up;
  }

  get isAttached(): boolean {
    return this.down.client !== null;
  }

  /** What comes in and is said is accepted. */
  get isKept(): boolean {
    return this.lease.isKept;
  }

  /** Its app has ended it: what still comes in leads to nothing, and is not taken. */
  get isEnding(): boolean {
    return this.#end.isByApp;
  }

  /** Nothing may follow. */
  get isNearItsEnd(): boolean {
    return this.#end.isNear;
  }

  get maxSeq(): number {
    return this.up.maxSeq(this.committed, this.state.now.fin, this.down.isHeld);
  }

  /** Opens the app, and hands it what the log holds that no app has handled. False where it does not open: nothing is left. */
  open(app: App, recalled: Recalled, isTakenOver: boolean): boolean {
    if (!this.isKept) return false;
    this.state.now.done = Math.max(this.state.now.done, recalled.done);
    const facts = { audio: this.card.audio, fin: this.state.now.fin, isTakenOver };
    for (const { seq, bytes } of recalled.down) this.down.recall(seq, bytes); // the app may say something at once
    if (!this.app.open(app, this.voice, facts)) {
      this.onFault(null);
      return false;
    }
    if (this.down.isHeld) this.app.held(true);
    for (const frame of recalled.up) {
      if (this.faults.isSetAside(lastSeqOf(frame))) this.up.passOver(frame);
      else this.up.take(frame);
    }
    this.up.committed(this.committed, this.log);
    if (this.lease.is('kept.opening')) this.#tell({ type: 'app.opened' });
    return this.isKept;
  }

  /** Resolves when nothing that an attachment before it does has an effect; false where the session is not here any more. */
  async fence(card: SessionCard, hello: HelloFrame, epoch: number): Promise<boolean> {
    const isSameClient = hello.inst === this.card.inst;
    this.#tell({ type: 'client.claimed', epoch, isSameClient, log: null });
    if (!this.lease.is('kept.returning')) return false;
    this.state.card = card;
    this.state.now.epoch = epoch;
    this.down.tookThrough(hello.rcv);
    const fenced = new Promise<void>((resolve) => (this.#onFenced = resolve));
    this.log.touch();
    this.log.flush();
    await fenced;
    if (!this.isKept) await this.#end.gone;
    return this.isKept;
  }

  tokenArrived(): void {
    if (!this.state.tokenArrived()) return;
    this.log.touch();
    this.log.flushSoon();
  }

  /** Whether the client for which a fence of this epoch was written is still the one to be welcomed. */
  admits(epoch: number): boolean {
    return this.lease.admits(epoch);
  }

  attach(client: Client, epoch: number, received: number): void {
    this.#tell({ type: 'client.attached', epoch });
    this.down.attach(client, received);
    this.app.attached(true); // only now: an app that fails here is told to a client that is there
  }

  detach(client: Client): void {
    if (!this.down.detach(client)) return;
    this.#tell({ type: 'client.detached' });
    this.app.attached(false);
  }

  look(): void {
    this.state.rest();
    this.lease.look();
  }

  /** As `takeUp` does. */
  take(bytes: Uint8Array, frame: DataFrame | GapFrame, atMs: number): CloseCode | null {
    return takeUp(this, bytes, frame, atMs);
  }

  /** Nothing follows. Resolves when all of it was handled, and what came of it is in the log and was sent. */
  finish(): Promise<void> {
    return this.#end.finish();
  }

  /** The client has all that it was told, and nothing follows. */
  retire(): void {
    this.#tell({ type: 'session.finished' });
  }

  /** Ended for its subject, or on their behalf: nobody takes it up again. False where it turns out to live elsewhere. */
  async logOut(): Promise<boolean> {
    this.state.card = { ...this.card, isLoggedOut: true };
    this.#tell({ type: 'session.loggedOut', log: null });
    await this.#end.gone;
    return this.lease.is('ended');
  }

  /** Resolves when it is not here any more. */
  get gone(): Promise<void> {
    return this.#end.gone;
  }

  /** It stays in the log, to be taken over. Resolves when it is not here any more. */
  leave(): Promise<void> {
    this.#tell({ type: 'gateway.stopping' });
    return this.#end.gone;
  }

  release(): void {
    this.#tell({ type: 'gateway.stopped' });
  }

  onLost(loss: LogLoss): void {
    this.#tell({ type: loss === 'fenced' ? 'owner.fenced' : 'store.failed' });
  }

  onFault(item: AppItem | null): void {
    this.faults.item = item;
    this.#tell({ type: 'app.failed', seq: item?.seq ?? 0, done: this.standing.done });
  }

  onEnd(): void {
    this.#end.byApp();
  }

  onConcluded(): void {
    this.state.card = { ...this.card, isConcluded: true };
    this.#leavePlace();
  }

  onGone(why: LeaseRelease): void {
    this.#leavePlace();
    this.#account.settle();
    this.keeper.onGone(this.id, why);
  }

  #tell(facts: LeaseFacts): void {
    this.lease.step(facts);
    if (this.lease.is('kept.returning')) return;
    this.#onFenced?.();
    this.#onFenced = null;
  }

  /** For the next record. */
  snapshot(): Snapshot {
    this.tally.written();
    return this.state.snapshot();
  }

  onCommitted(standing: Standing): void {
    this.state.committed = standing;
    this.tally.committed();
    const isFenced = this.#onFenced !== null && standing.epoch === this.standing.epoch;
    if (isFenced) this.#tell({ type: 'fence.committed' });
    this.up.committed(this.committed, this.log);
    this.down.committed();
  }
}
