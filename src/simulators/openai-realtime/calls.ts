/**
 * Calls over WebRTC, as far as a server without media knows them: what a call is, who controls it from the side
 * (`?call_id=`), and when it ends. A call outlives its control sockets.
 */
import { Items } from './items.ts';
import type { NewId } from './frames.ts';
import { dropOldest } from '../../ports/capacity.ts';
import type { JsonObject } from '../../providers/wire/json.ts';

export interface Call {
  readonly id: string;
  session: JsonObject;
  readonly items: Items;
}

/** Beyond this many the oldest is forgotten. */
const CAPACITY = 1_000;

export class Calls {
  readonly #newId: NewId;
  readonly #calls = new Map<string, Call>();

  constructor(newId: NewId) {
    this.#newId = newId;
  }

  open(session: JsonObject): Call {
    const newId = this.#newId;
    const call = { id: newId('rtc', 24), session, items: new Items(newId) };
    this.#calls.set(call.id, call);
    dropOldest(this.#calls, CAPACITY);
    return call;
  }

  find(id: string): Call | undefined {
    return this.#calls.get(id);
  }

  end(id: string): boolean {
    return this.#calls.delete(id);
  }
}

/** An answer that declines every stream of the offer, by port 0 (RFC 3264, section 6); null where it is no offer. */
export function declined(offer: string): string | null {
  const lines = offer.split(/\r?\n/);
  if (lines[0] !== 'v=0') return null;
  const streams = lines.flatMap((line) => {
    const [, kind, rest] = /^m=(\w+) \d+ (.+)$/.exec(line) ?? [];
    return kind === undefined ? [] : [`m=${kind} 0 ${rest ?? ''}`];
  });
  const head = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...head, ...streams, ''].join('\r\n');
}
