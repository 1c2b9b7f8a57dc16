/** What one socket sends by a name, so that the service's answer is told apart from others. */
import type { Frame } from '../../ports/socket.ts';
import type { ProviderEvent } from '../contract.ts';
import { dropOldest } from '../../ports/capacity.ts';
import { encode } from './wire.ts';
import type { CreatedItem } from './wire.ts';

/** Items that were created here; the oldest are long acknowledged. */
const MAX_OWN_ITEMS = 1_000;

export type NamedFrame = readonly [frame: Frame, eventId: string];

export class Outbox {
  readonly #ownItems = new Set<string>();
  #events = 0;

  nameEvent(): string {
    this.#events += 1;
    return `tenuto_${this.#events}`;
  }

  /** @param previous the item that it comes after; default: the last one. */
  create(item: CreatedItem, previous?: string): NamedFrame {
    const eventId = this.nameEvent();
    this.#ownItems.add(item.id);
    dropOldest(this.#ownItems, MAX_OWN_ITEMS);
    const frame = encode({
      type: 'conversation.item.create',
      event_id: eventId,
      ...(previous === undefined ? {} : { previous_item_id: previous }),
      item,
    });
    return [frame, eventId];
  }

  /** Whether the item was created over this socket. */
  isOwn(itemId: string): boolean {
    return this.#ownItems.has(itemId);
  }

  commit(): NamedFrame {
    const eventId = this.nameEvent();
    return [encode({ type: 'input_audio_buffer.commit', event_id: eventId }), eventId];
  }
}

/** Nothing where there is nothing to send. */
export function sendEvents(frames: readonly Frame[]): readonly ProviderEvent[] {
  return frames.length === 0 ? [] : [{ kind: 'send', frames }];
}
