/** The model's calls on one socket: each is told once, and the model goes on when those of one reply have their results. */
import type { ProviderEvent } from '../contract.ts';
import { dropOldest } from '../../ports/capacity.ts';
import { stringAt } from '../wire/json.ts';

const MAX_CALLS = 1_000;
/** Items whose call is still written; a reply holds a few. */
const MAX_NAMES = 64;
/** Stands for the replies of other sockets. */
const CARRIED = 'carried';

export interface WireCall {
  /** Null where the service leaves it out. */
  readonly callId: string | null;
  readonly name: string | null;
  /** As the model wrote them: JSON, perhaps. */
  readonly args: string;
}

export class Calls {
  readonly #told: Set<string>;
  /** By item, for services that leave the name out of what comes later. */
  readonly #names = new Map<string, string>();
  /** Calls that wait for a result, and the reply that made each. */
  readonly #pending = new Map<string, string>();

  /** @param known told on other sockets already. */
  constructor(known: readonly string[]) {
    this.#told = new Set(known);
  }

  /** Calls that other sockets told, and that wait still. */
  carry(pending: readonly string[]): void {
    for (const callId of pending) this.#await(callId, CARRIED);
  }

  /** An item that is a call, new or done. @param reply the one that is under way. */
  noted(ref: string, item: unknown, isDone: boolean, reply: string): readonly ProviderEvent[] {
    const name = stringAt(item, 'name');
    if (name !== null) {
      this.#names.set(ref, name);
      dropOldest(this.#names, MAX_NAMES);
    }
    const args = stringAt(item, 'arguments');
    if (!isDone || args === null || stringAt(item, 'status') !== 'completed') return [];
    return this.made(ref, { callId: stringAt(item, 'call_id'), name, args }, reply);
  }

  /** A call is whole. */
  made(ref: string, { callId, name, args }: WireCall, reply: string): readonly ProviderEvent[] {
    const known = name ?? this.#names.get(ref) ?? null;
    if (callId === null || known === null || this.#told.has(callId)) return [];
    this.#await(callId, reply);
    return [{ kind: 'toolCall', callId, name: known, arguments: args }];
  }

  /** A result is there. @returns whether nothing else is waited for that the same reply asked for. */
  answered(callId: string): boolean {
    const reply = this.#pending.get(callId);
    this.#pending.delete(callId);
    return ![...this.#pending.values()].includes(reply ?? '');
  }

  #await(callId: string, reply: string): void {
    this.#told.add(callId);
    dropOldest(this.#told, MAX_CALLS);
    this.#pending.set(callId, reply);
    dropOldest(this.#pending, MAX_CALLS);
  }
}
