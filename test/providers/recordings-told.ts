/** What every service's facts need: frames and events by their kind, and a line for what is otherwise. */
import type { Played } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

type EventOf<Kind extends ProviderEvent['kind']> = Extract<ProviderEvent, { kind: Kind }>;

export function eventsOf<Kind extends ProviderEvent['kind']>(
  { events }: Played,
  kind: Kind,
): readonly EventOf<Kind>[] {
  return events.filter((event): event is EventOf<Kind> => event.kind === kind);
}

export function receivedIn({ steps }: Recording): readonly JsonObject[] {
  return steps.flatMap((step) =>
    step.kind === 'received' && step.message !== null ? [step.message] : [],
  );
}

/** Nothing where both are the same. */
export function differences(what: string, expected: unknown, told: unknown): readonly string[] {
  const [is, should] = [JSON.stringify(told), JSON.stringify(expected)];
  return is === should ? [] : [`${what}: told ${is}, and it was ${should}`];
}
