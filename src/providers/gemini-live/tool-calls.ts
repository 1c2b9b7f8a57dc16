/** Calls of one socket: each is told once, and answered by the name that the service gave it. */
import type { FunctionCall } from './decode.ts';
import type { ProviderEvent } from '../contract.ts';
import { dropOldest } from '../../ports/capacity.ts';

/** More are not waited for at a time; the oldest is forgotten. */
const CAPACITY = 1_000;

export class ToolCalls {
  /** By the id that is told; the service's own id, or null where it gave none. */
  readonly #ids = new Map<string, string | null>();
  /** Names of other sockets' calls: none of ours may look like one. */
  #taken: ReadonlySet<string> = new Set();
  #unnamed = 0;

  notAgain(callIds: readonly string[]): void {
    this.#taken = new Set(callIds);
  }

  told(call: FunctionCall): readonly ProviderEvent[] {
    const callId = call.id ?? this.#nameFor(call.name);
    if (this.#ids.has(callId)) return [];
    this.#ids.set(callId, call.id);
    dropOldest(this.#ids, CAPACITY);
    return [
      {
        kind: 'toolCall',
        callId,
        name: call.name,
        arguments: call.arguments,
        ...(call.signature === null ? {} : { signature: call.signature }),
      },
    ];
  }

  /** Whether the call came over this socket; with what to answer it by. */
  find(callId: string): { readonly id?: string } | null {
    const id = this.#ids.get(callId);
    if (id === undefined) return null;
    return id === null ? {} : { id };
  }

  #nameFor(name: string): string {
    do this.#unnamed += 1;
    while (this.#taken.has(`${name}_${this.#unnamed}`));
    return `${name}_${this.#unnamed}`;
  }
}
