/**
 * Gives a conversation back to a new session: one item after the other, by our names, each acknowledged.
 *
 * Where the service does not take the items as they were given, another socket is tried; where it does so again, a single
 * item sums them up.
 */
import type { ProviderEvent } from '../contract.ts';
import type { ConversationRecord } from '../../ports/conversation.ts';
import type { Frame } from '../../ports/socket.ts';
import { createdItemsOf, pendingCallsOf, summaryOf } from './items.ts';
import { sendEvents } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { encode } from './wire.ts';
import type { CreatedItem } from './wire.ts';

/** What a provider's sockets know of each other. */
export interface RestoreMemory {
  /** The items of a conversation were last not taken as they were given. */
  hasDiffered: boolean;
}

export interface RestoreOptions {
  readonly memory: RestoreMemory;
  readonly outbox: Outbox;
  /** Asks for the answer that the last session owed. */
  requestReply(): readonly Frame[];
}

export class Restoration {
  readonly #options: RestoreOptions;
  #conversation: ConversationRecord | null = null;
  #items: readonly CreatedItem[] = [];
  #acks = new Acknowledgements(new Map());
  #isSummary = false;

  constructor(options: RestoreOptions) {
    this.#options = options;
  }

  begin(conversation: ConversationRecord): readonly Frame[] | null {
    const items = createdItemsOf(conversation);
    if (items.length === 0) return null;
    this.#conversation = conversation;
    this.#items = items;
    return this.#give(items);
  }

  /** An item is in the conversation. Null where it is none of these. */
  taken(id: string): readonly ProviderEvent[] | null {
    return this.#conversation !== null && this.#acks.taken(id) ? this.#soFar() : null;
  }

  refused(eventId: string): readonly ProviderEvent[] | null {
    return this.#conversation !== null && this.#acks.refused(eventId) ? this.#soFar() : null;
  }

  #give(items: readonly CreatedItem[]): readonly Frame[] {
    const created = new Map<string, string>();
    let previous = 'root';
    const frames = items.map((item) => {
      const [frame, eventId] = this.#options.outbox.create(item, previous);
      created.set(eventId, item.id);
      previous = item.id;
      return frame;
    });
    this.#acks = new Acknowledgements(created);
    return frames;
  }

  #soFar(): readonly ProviderEvent[] {
    if (!this.#acks.areComplete) return [];
    const { memory } = this.#options;
    const { problem } = this.#acks;
    if (problem === null) {
      if (!this.#isSummary) memory.hasDiffered = false;
      return this.#done(null);
    }
    if (this.#isSummary) return this.#done(problem);
    if (!memory.hasDiffered) {
      memory.hasDiffered = true;
      this.#conversation = null;
      const failure = { kind: 'transient', code: 'RESTORE_DIFFERS', detail: problem } as const;
      return [{ kind: 'failed', failure }];
    }
    return [{ kind: 'send', frames: this.#sumUp() }];
  }

  #sumUp(): readonly Frame[] {
    this.#isSummary = true;
    const deletions = this.#acks.takenIds.map((id) =>
      encode({
        type: 'conversation.item.delete',
        event_id: this.#options.outbox.nameEvent(),
        item_id: id,
      }),
    );
    return [...deletions, ...this.#give([summaryOf(this.#items)])];
  }

  /** @param problem the service knows nothing of what was said: it serves on all the same. */
  #done(problem: string | null): readonly ProviderEvent[] {
    const conversation = this.#conversation;
    this.#conversation = null;
    if (conversation === null) return [];
    const lost = { kind: 'perRequest', code: 'CONVERSATION_LOST', detail: problem ?? '' } as const;
    const frames = conversation.owesReply ? this.#options.requestReply() : [];
    return [
      ...(problem === null ? [] : [{ kind: 'failed', failure: lost } as const]),
      ...sendEvents(frames),
      { kind: 'restored', resumed: false, toolCallsCarried: pendingCallsOf(conversation).length },
    ];
  }
}

/** Waits for the acknowledgement of every item that was created, and for nothing else. */
class Acknowledgements {
  readonly #ids: readonly string[];
  readonly #idsByEvent: ReadonlyMap<string, string>;
  readonly #taken: string[] = [];
  readonly #refused = new Set<string>();

  /** @param created by the name of the event that created it, in order. */
  constructor(created: ReadonlyMap<string, string>) {
    this.#idsByEvent = created;
    this.#ids = [...created.values()];
  }

  /** Told twice or three times of each item. False where it is none of these. */
  taken(id: string): boolean {
    if (!this.#ids.includes(id)) return false;
    if (!this.#taken.includes(id)) this.#taken.push(id);
    return true;
  }

  refused(eventId: string): boolean {
    const id = this.#idsByEvent.get(eventId);
    if (id !== undefined) this.#refused.add(id);
    return id !== undefined;
  }

  get takenIds(): readonly string[] {
    return this.#taken;
  }

  get areComplete(): boolean {
    return this.#ids.every((id) => this.#refused.has(id) || this.#taken.includes(id));
  }

  /** What is wrong; null where the service has the items, all of them and in order. */
  get problem(): string | null {
    if (this.#refused.size > 0) {
      return `${this.#refused.size} of ${this.#ids.length} items were refused`;
    }
    const isInOrder = this.#taken.every((id, at) => id === this.#ids[at]);
    return isInOrder ? null : 'the items were taken in another order';
  }
}
