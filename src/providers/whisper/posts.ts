/** The clips of one socket on their way: posted at most so many at a time, each once, and told in order. */
import { errorIn, segmentsIn } from './answer.ts';
import type { Outcome } from './exchange.ts';
import { endFactsOf } from './exchange.ts';
import type { EndFacts } from './exchange.ts';
import { classifyWhisperEnd } from './failures.ts';
import { frameOf } from './messages.ts';
import type { SocketMessage } from './messages.ts';
import type { Remembered } from './remembered.ts';
import type { Utterance } from './cutter.ts';

export interface PostsOptions {
  readonly concurrency: number;
  readonly remembered: Remembered;
  keyOf(pcm: Uint8Array): string;
  /** @returns what cancels it. */
  post(pcm: Uint8Array, key: string, done: (outcome: Outcome) => void): () => void;
  tell(frame: string): void;
  /** Everything before it was told. */
  end(facts: EndFacts): void;
  /** The service said something. */
  onAnswer(): void;
  /** Fewer clips wait than did. */
  onDrain(): void;
}

interface Slot {
  frame: string | null;
  /** What ends the socket when its turn comes. */
  failure: EndFacts | null;
  /** Remembered until it is told. */
  key: string | null;
}

interface Waiting {
  readonly slot: Slot;
  readonly clip: Utterance;
  readonly key: string;
  readonly flush: boolean;
}

export class Posts {
  readonly #options: PostsOptions;
  readonly #slots: Slot[] = [];
  readonly #waiting: Waiting[] = [];
  /** What cancels those that are under way. */
  readonly #underWay = new Map<Slot, () => void>();
  #isOver = false;

  constructor(options: PostsOptions) {
    this.#options = options;
  }

  /** Audio that waits for its turn to be posted. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, { clip }) => sum + clip.pcm.length, 0);
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  /** To be told when everything before it was. */
  say(message: SocketMessage): void {
    this.#slots.push({ frame: frameOf(message), failure: null, key: null });
    this.advance();
  }

  add(clip: Utterance, flush: boolean): void {
    const { remembered } = this.#options;
    const key = this.#options.keyOf(clip.pcm);
    const slot: Slot = { frame: null, failure: null, key };
    this.#slots.push(slot);
    const waiting = { slot, clip, key, flush };
    const known = remembered.get(key);
    if (known === null) this.#waiting.push(waiting);
    else slot.frame = answerFrame(waiting, known);
    this.advance();
  }

  cancel(): void {
    this.#isOver = true;
    for (const cancel of this.#underWay.values()) cancel();
    this.#underWay.clear();
    this.#waiting.length = 0;
    this.#slots.length = 0;
  }

  /** Tells what is there to tell, and posts what may be posted. */
  advance(): void {
    this.#tellAll();
    while (!this.#isOver && this.#underWay.size < this.#options.concurrency) {
      if (this.#slots.some(({ failure }) => failure !== null)) return;
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#post(next);
    }
  }

  #tellAll(): void {
    for (let slot = this.#slots[0]; slot !== undefined && !this.#isOver; slot = this.#slots[0]) {
      if (slot.failure !== null) {
        this.#options.end(slot.failure);
        return;
      }
      if (slot.frame === null) return;
      this.#slots.shift();
      this.#options.tell(slot.frame);
      if (slot.key !== null) this.#options.remembered.forget(slot.key);
    }
  }

  #post(waiting: Waiting): void {
    const { slot, clip, key } = waiting;
    this.#underWay.set(slot, () => undefined);
    const cancel = this.#options.post(clip.pcm, key, (outcome) => {
      this.#underWay.delete(slot);
      this.#settle(waiting, outcome);
    });
    if (this.#underWay.has(slot)) this.#underWay.set(slot, cancel);
  }

  #settle(waiting: Waiting, outcome: Outcome): void {
    const { slot, key } = waiting;
    if (outcome.kind === 'failed') slot.failure = outcome.facts;
    else {
      const { status, body } = outcome.answer;
      const isFine = status >= 200 && status < 300 && segmentsIn(body) !== null;
      const isRefused = isClipRefused(outcome.answer);
      if (isFine) this.#options.remembered.put(key, body);
      if (isFine || isRefused) this.#options.onAnswer();
      if (isFine) slot.frame = answerFrame(waiting, body);
      else if (isRefused) slot.frame = refusedFrame(waiting, status, body);
      else slot.failure = endFactsOf(outcome.answer);
    }
    const waitedBefore = this.#waiting.length;
    this.advance();
    if (!this.#isOver && this.#waiting.length < waitedBefore) this.#options.onDrain();
  }
}

function isClipRefused(answer: { readonly status: number; readonly body: string }): boolean {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return errorIn(body) !== null;
  const end = { kind: 'closed', code: 1_006, reason: '', status, body } as const;
  return classifyWhisperEnd(end).kind === 'perRequest';
}

function answerFrame({ clip, flush }: Waiting, body: string): string {
  const { leadFrom, from, to, voicedMs, endsInPause } = clip;
  const range = { lead: leadFrom, from, to, flush };
  return frameOf({ type: 'answer', ...range, voicedMs, pause: endsInPause, body });
}

function refusedFrame({ clip, flush }: Waiting, status: number, body: string): string {
  const range = { lead: clip.leadFrom, from: clip.from, to: clip.to, flush };
  return frameOf({ type: 'refused', ...range, status, body: body.slice(0, 4_096) });
}
