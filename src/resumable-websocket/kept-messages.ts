/**
 * Keeps what a socket was given and its gateway has not acknowledged, beyond the life of the process, and gives it back to the next.
 *
 * The outbox has the only copy; four times a second what came since goes to storage. Where storing fails the socket goes on as it
 * would without a spool, and what it holds is stored once that works again.
 */
import type { LossFacts } from './events.types.ts';
import { KeptSession } from './kept-session.ts';
import type { Keeper } from './kept-session.ts';
import { encodeMessages } from './message-block.ts';
import type { MessageHead, RecoveredMessages } from './message-recovery.ts';
import { Outbox } from './outbox.ts';
import type { Outgoing } from './outbox.ts';
import type { JoinedSocket, SocketParts, SocketSpool } from './spooling.types.ts';
import type { MessageRemains, SpoolStorage } from '../ports/spool.ts';
import type { SpoolOutcome } from '../session/events.ts';
import { BlockIndex } from '../spool/block-index.ts';
import type { Commit } from '../spool/commit.types.ts';
import { Hold } from '../spool/hold.ts';
import type { SpoolPlace } from '../spool/open-spool.ts';
import type { Sealing } from '../spool/sealing.ts';
import { inUse } from '../spool/spool-errors.ts';
import { Writer } from '../spool/writer.ts';

/** So much goes into one commit, and at least one message. */
const MAX_BLOCK_BYTES = 1_024 * 1_024;
/** An end waits no longer for what storage does. */
const END_WITHIN_MS = 5_000;
const encoder = new TextEncoder();

export class KeptMessages implements SocketSpool, Keeper {
  readonly remains: MessageRemains | null;
  readonly #place: SpoolPlace;
  readonly #sealing: Sealing;
  readonly #writer: Writer;
  readonly #recovered: RecoveredMessages | null;
  readonly #isTooOld: boolean;
  readonly #blocks: BlockIndex;
  readonly #hold = new Hold();
  #parts: (SocketParts & Pick<KeptJoined, 'outbox' | 'session'>) | null = null;
  /** Messages before it are stored, or need not be. */
  #stored: number;
  #lastHead = '';
  #ended: Promise<SpoolOutcome> | null = null;

  constructor(
    place: SpoolPlace,
    storage: SpoolStorage,
    sealing: Sealing,
    recovered: RecoveredMessages | null,
    isTooOld: boolean,
  ) {
    this.remains = remainsOf(recovered, isTooOld);
    this.#place = place;
    this.#sealing = sealing;
    this.#recovered = recovered;
    this.#isTooOld = isTooOld;
    const usable = isTooOld ? null : recovered;
    this.#blocks = new BlockIndex(usable);
    this.#stored = usable?.head.end ?? 0;
    this.#writer = new Writer(storage, place.flushEveryMs, (hasRoom) => this.#next(hasRoom));
  }

  get isOver(): boolean {
    return this.#ended !== null;
  }

  join(parts: SocketParts): JoinedSocket {
    if (this.#parts !== null || this.isOver) throw inUse(this.#place.name);
    const usable = this.#isTooOld ? null : this.#recovered;
    const outbox = usable === null ? new Outbox() : new Outbox(usable.first, usable.messages);
    outbox.settle(usable?.head.settled ?? 0, false);
    const session = new KeptSession(parts.random, outbox, this);
    if (usable !== null) session.load(usable.head.session, usable.head.end);
    this.#parts = { ...parts, outbox, session };
    this.#writer.start({
      clock: parts.clock,
      emitter: {
        emit: (event) => {
          if (event.type === 'spool.failed') parts.onTrouble(event.error);
        },
      },
    });
    return { outbox, session, losses: this.#isTooOld ? lossesOf(this.#recovered) : [] };
  }

  touch(): void {
    this.#writer.touch();
  }

  get isHolding(): boolean {
    return this.#hold.isHolding;
  }

  storeFirst(go: () => void): void {
    if (this.#parts !== null) this.#hold.until(() => this.flush(), this.#parts.clock, go);
  }

  flush(): Promise<boolean> {
    return this.#writer.flush();
  }

  /** It may be left at any time. */
  prepare(): void {
    if (!this.#sealing.isPlain) this.#writer.prepare();
  }

  /** Whoever calls may be gone when it returns (see Writer). */
  leave(): void {
    this.#writer.leave(this.#sealing.isPlain);
  }

  end(isFinished: boolean): Promise<SpoolOutcome> {
    this.#ended ??= this.#writer.end(isFinished, END_WITHIN_MS);
    return this.#ended;
  }

  async close(): Promise<void> {
    if (this.#parts === null || this.isOver) await this.end(false);
  }

  async discard(): Promise<void> {
    if (this.#parts !== null || this.isOver) throw inUse(this.#place.name);
    await this.end(true);
  }

  /** Null where nothing has changed. */
  #next(hasRoom: boolean): Commit | null {
    if (this.#parts === null) return null;
    const { outbox, session } = this.#parts;
    const first = Math.max(this.#stored, outbox.settled);
    const messages = hasRoom ? messagesFrom(outbox, first) : [];
    const end = first + messages.length;
    const number = this.#blocks.last + (messages.length > 0 ? 1 : 0);
    const dropThrough = this.#blocks.endingBy(outbox.settled);
    const facts = {
      v: 1 as const,
      kind: 'messages' as const,
      lastBlock: number,
      droppedBlock: dropThrough,
      settled: Math.min(outbox.settled, end),
      end,
      session: session.save(outbox.end - end),
    };
    const text = JSON.stringify(facts);
    if (messages.length === 0 && text === this.#lastHead) return null;
    const head: MessageHead = { ...facts, wallMs: this.#place.wallClock() };
    const block =
      messages.length > 0 ? { number, bytes: encodeMessages({ first, messages }) } : null;
    return {
      isAll: outbox.at(end)?.data == null, // those that are not read yet say so when they are
      waitingBytes: bytesOf(messages),
      hasMoved: () => messages.length > 0 && outbox.at(first) !== messages[0],
      change: () =>
        this.#sealing.seal({ head: encoder.encode(JSON.stringify(head)), dropThrough, block }),
      done: () => {
        this.#lastHead = text;
        this.#blocks.drop(dropThrough);
        if (block !== null) this.#blocks.add(number, end);
        this.#stored = Math.max(this.#stored, end);
      },
      vanished: () => {
        this.#blocks.drop(this.#blocks.last);
        this.#stored = 0; // the outbox has whatever is worth it
      },
    };
  }
}

interface KeptJoined extends JoinedSocket {
  readonly session: KeptSession;
}

function messagesFrom(outbox: Outbox, first: number): readonly Outgoing[] {
  const messages: Outgoing[] = [];
  let bytes = 0;
  let next = outbox.at(first);
  while (next !== undefined && next.data !== null && bytes < MAX_BLOCK_BYTES) {
    messages.push(next);
    bytes += next.bytes;
    next = outbox.at(first + messages.length);
  }
  return messages;
}

function remainsOf(recovered: RecoveredMessages | null, isDropped: boolean): MessageRemains | null {
  if (recovered === null) return null;
  const { head } = recovered;
  const held = heldOf(recovered);
  const taken = head.end + head.session.unstored;
  const facts = { messages: held.length, bytes: bytesOf(held), taken, isDropped };
  return { savedAtMs: head.wallMs, ...facts };
}

/** Those that were sent may have arrived. */
function lossesOf(recovered: RecoveredMessages | null): readonly LossFacts[] {
  if (recovered === null) return [];
  const { head } = recovered;
  const { isSending, seam, sentThrough, unstored } = head.session;
  const held = heldOf(recovered);
  const sent = (isSending ? (seam ?? head.end) : sentThrough) - (head.end - held.length);
  const [unsure, sure] = [held.slice(0, Math.max(0, sent)), held.slice(Math.max(0, sent))];
  const losses = [
    lossOf(unsure, 0, false),
    lossOf(sure, isSending ? 0 : unstored, true),
    lossOf([], isSending ? unstored : 0, false),
  ];
  return losses.filter(({ messages }) => messages > 0);
}

function lossOf(held: readonly Outgoing[], others: number, isCertain: boolean): LossFacts {
  return { reason: 'notKept', messages: held.length + others, bytes: bytesOf(held), isCertain };
}

function heldOf({ head, first, messages }: RecoveredMessages): readonly Outgoing[] {
  return messages.slice(Math.max(0, head.settled - first));
}

function bytesOf(messages: readonly Outgoing[]): number {
  return messages.reduce((sum, { bytes }) => sum + bytes, 0);
}
