/** What a client asks about items: to be taken, cut, deleted or told. */
import { stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Faults } from './faults.ts';
import { complaint } from './frames.ts';
import type { Complaint } from './frames.ts';
import type { Hearing } from './hearing.ts';
import { isPlaced, unknownItem } from './items.ts';
import type { Items } from './items.ts';
import type { Line } from './line.ts';

export interface ItemsWorld {
  readonly items: Items;
  readonly line: Line;
  readonly hearing: Hearing;
  readonly faults: Faults;
}

/** @returns what is wrong with it; null where it was done, and told. */
export function obeyAboutItems(
  type: string,
  event: JsonObject,
  world: ItemsWorld,
): Complaint | null {
  const { items, line, hearing } = world;
  const id = stringAt(event, 'item_id');
  switch (type) {
    case 'conversation.item.create':
      return create(event, world);
    case 'conversation.item.truncate': {
      const problem = items.truncate(event);
      if (problem !== null) return problem;
      const { content_index: index = 0, audio_end_ms: endMs } = event;
      const fields = { item_id: id, content_index: index, audio_end_ms: endMs };
      line.say('conversation.item.truncated', fields);
      return null;
    }
    case 'conversation.item.delete': {
      const problem = items.delete(id);
      if (problem === null) line.say('conversation.item.deleted', { item_id: id });
      return problem;
    }
    default: {
      const item = items.find(id);
      if (item === undefined) return unknownItem('retrieve', id);
      line.say('conversation.item.retrieved', { item: hearing.withTranscript(item) });
      return null;
    }
  }
}

function create(event: JsonObject, { items, line, faults }: ItemsWorld): Complaint | null {
  if (faults.take('refuseItem') !== null) {
    return complaint('invalid_value', 'The item cannot be created.', 'item');
  }
  const result = items.create(event['item'], event['previous_item_id']);
  if (!isPlaced(result)) return result;
  const fields = { previous_item_id: result.previousId, item: result.item };
  line.say('conversation.item.added', fields);
  line.say('conversation.item.done', fields);
  return null;
}
