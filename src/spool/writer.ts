/** Who writes a spool: one commit at a time, everything that came meanwhile in the next, and again later what failed. */
import type { Commit, WriterParts } from './commit.types.ts';
import { SealedAhead } from './sealed-ahead.ts';
import { unavailable } from './spool-errors.ts';
import { SpoolVanished } from '../ports/spool.ts';
import type { SpoolChange, SpoolStorage } from '../ports/spool.ts';
import type { SpoolOutcome } from '../session/events.ts';

interface Given {
  readonly commit: Commit;
  readonly answer: Promise<void>;
}

type Reason = 'quota' | 'unavailable';

const RETRY_MS = { first: 1_000, most: 30_000 } as const;

export class Writer {
  readonly #storage: SpoolStorage;
  readonly #everyMs: number;
  readonly #next: (hasRoom: boolean) => Commit | null;
  #parts: WriterParts | null = null;
  #timer: unknown = null;
  #run: Promise<boolean> | null = null;
  /** What the storage was given last, and has not answered yet. */
  #given: Given | null = null;
  /** Something may have changed since the last commit was made up. */
  #isTouched = false;
  readonly #ahead: SealedAhead;
  #failing: Reason | null = null;
  #retryMs: number = RETRY_MS.first;
  #isOver = false;

  /** @param next what is to be stored; without room no audio, and only what lets go of some. Null: nothing has changed. */
  constructor(storage: SpoolStorage, everyMs: number, next: (hasRoom: boolean) => Commit | null) {
    this.#storage = storage;
    this.#everyMs = everyMs;
    this.#next = next;
    this.#ahead = new SealedAhead(() => next(true));
  }

  start(parts: WriterParts): void {
    this.#parts = parts;
  }

  /** Something changed: it is stored with the next commit. */
  touch(): void {
    this.#isTouched = true;
    this.#sealAhead();
    if (this.#run === null) this.#schedule(this.#failing === null ? this.#everyMs : this.#retryMs);
  }

  /** As soon as whoever calls has done what they do. */
  flushSoon(): void {
    this.#isTouched = true;
    if (this.#failing === null) void Promise.resolve().then(() => this.flush());
  }

  /** Resolves when all that is known now is stored; false where it could not be. */
  flush(): Promise<boolean> {
    return this.#flush(null);
  }

  /** @param first is stored before anything else. */
  async #flush(first: Commit | null): Promise<boolean> {
    if (this.#run !== null) await this.#run;
    if (this.#isOver) return false;
    this.#stopTimer();
    this.#isTouched = true;
    this.#run ??= this.#writeAll(first).finally(() => {
      this.#run = null;
      if (this.#isTouched && !this.#isOver) this.touch();
    });
    return this.#run;
  }

  /** From now on what takes time to be sealed is sealed as it comes: `leave` takes none. */
  prepare(): void {
    this.#ahead.start();
  }

  /** Beside what is being stored as well: what is sealed then has all of that, and overtakes it where the page goes. */
  #sealAhead(): void {
    void this.#ahead.come(() => {
      const isBefore = this.#run === null || this.#given?.commit.hasMoved() === false;
      return isBefore && !this.#isOver;
    });
  }

  /**
   * Whoever calls may be gone when it returns: the storage has been given all that is known now, or all that is sealed. One commit
   * that is under way is not waited for, but overtaken by one with the same number and all that it has, where the storage takes a
   * second commit behind the first.
   *
   * @param isPlain nothing has to be sealed.
   */
  leave(isPlain: boolean): void {
    if (this.#isOver) return;
    const { ready } = this.#ahead;
    if (this.#run === null) void this.#flush(ready);
    else if (ready !== null) this.#leaveWith(ready, ready.change());
    else if (this.#given !== null && isPlain && this.#isTouched) this.#overtake();
  }

  #overtake(): void {
    const commit = this.#next(true);
    const change = commit?.change();
    if (commit === null || change === undefined || change instanceof Promise) return;
    this.#leaveWith(commit, change);
  }

  #leaveWith(commit: Commit, change: SpoolChange): void {
    this.#isTouched = true; // whoever stays after all stores the rest
    this.#give(commit, change);
  }

  /**
   * @param isFinished all goes; else there is a last commit.
   * @param withinMs storage that does not answer is waited for no longer.
   */
  async end(isFinished: boolean, withinMs: number): Promise<SpoolOutcome> {
    const { clock } = this.#parts ?? {};
    let timer: unknown = null;
    const unsure = isFinished ? 'kept' : 'incomplete';
    const late = new Promise<SpoolOutcome>((resolve) => {
      timer = clock?.setTimeout(() => resolve(unsure), withinMs) ?? null;
    });
    const work = this.#end(isFinished).catch(() => unsure);
    const outcome = await Promise.race([work, late]);
    this.#isOver = true;
    this.#stopTimer();
    clock?.clearTimeout(timer);
    return outcome;
  }

  async #end(isFinished: boolean): Promise<SpoolOutcome> {
    try {
      if (!isFinished) return this.#parts === null || (await this.flush()) ? 'kept' : 'incomplete';
      await this.#run;
      this.#isOver = true;
      await this.#storage.clear();
      return 'emptied';
    } finally {
      this.#isOver = true;
      await this.#storage.close().catch(() => undefined); // what it was asked to store it has
    }
  }

  async #writeAll(first: Commit | null): Promise<boolean> {
    let hasVanished = false;
    let ready = first;
    while (this.#isTouched && !this.#isOver) {
      const commit = ready ?? this.#next(true);
      this.#isTouched = commit !== null && (ready !== null || !commit.isAll);
      ready = null;
      if (commit === null) break;
      try {
        await this.#store(commit);
      } catch (error) {
        const isNew = error instanceof SpoolVanished && !hasVanished;
        if (error instanceof SpoolVanished) this.#vanished(commit);
        this.#isTouched = true;
        hasVanished = true;
        if (isNew) continue;
        this.#failed(error, commit);
        await this.#makeRoom();
        return false;
      }
      this.#succeeded();
    }
    return true;
  }

  /** It, or what has overtaken it meanwhile: the last one counts, and has what was in those before. */
  async #store(commit: Commit): Promise<void> {
    const change = commit.change();
    const sealed = change instanceof Promise ? await change : change;
    let given = this.#given ?? this.#give(commit, sealed); // what was given meanwhile, as the page seemed to go, has that too
    for (;;) {
      await Promise.allSettled([given.answer]);
      if (this.#given === null || this.#given === given) break;
      given = this.#given;
    }
    this.#given = null;
    await given.answer;
    given.commit.done();
  }

  #give(commit: Commit, change: SpoolChange): Given {
    const answer = this.#storage.commit(change);
    answer.catch(() => undefined); // it may be a while until somebody looks
    this.#given = { commit, answer };
    this.#ahead.given();
    if (this.#isTouched) this.#sealAhead();
    return this.#given;
  }

  /** What is done with can go all the same, whatever it was that failed: not every storage says that it is full. */
  async #makeRoom(): Promise<void> {
    const lean = this.#next(false);
    try {
      if (lean === null) return;
      await this.#store(lean);
    } catch (error) {
      if (error instanceof SpoolVanished && lean !== null) this.#vanished(lean);
    }
  }

  #vanished(commit: Commit): void {
    commit.vanished();
    this.#ahead.given(); // what is sealed follows what is gone
  }

  #failed(error: unknown, { waitingBytes: bytes }: Commit): void {
    const cause = unavailable(error, ['SPOOL_QUOTA_EXCEEDED', 'SPOOL_UNAVAILABLE']);
    const reason = cause.code === 'SPOOL_QUOTA_EXCEEDED' ? 'quota' : 'unavailable';
    this.#retryMs =
      this.#failing === null ? RETRY_MS.first : Math.min(RETRY_MS.most, this.#retryMs * 2);
    const isNews = this.#failing !== reason;
    this.#failing = reason;
    if (isNews && !this.#isOver) {
      this.#parts?.emitter.emit({ type: 'spool.failed', reason, bytes, error: cause });
    }
  }

  #succeeded(): void {
    if (this.#failing === null) return;
    this.#failing = null;
    this.#parts?.emitter.emit({ type: 'spool.recovered' });
  }

  #schedule(delayMs: number): void {
    const { clock } = this.#parts ?? {};
    if (this.#timer !== null || this.#isOver || clock === undefined) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, delayMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#parts?.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
