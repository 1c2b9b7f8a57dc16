/**
 * Which looks at a link its chart is told: those that change anything. While audio flows and results come, most do not, and an
 * event to an actor costs as much as a chunk.
 */
import type { AnyActorRef, SnapshotFrom } from 'xstate';

import type { SocketInput } from '../../machines/connection.types.ts';
import type { livenessMachine } from '../../machines/liveness.machine.ts';
import { isEventful, isWorthWatching } from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';

/** The liveness chart as it stands. */
export type Watch = Pick<SnapshotFrom<typeof livenessMachine>, 'value' | 'context'>;

export class Looks {
  readonly #watch: () => Watch | null;
  /** When the chart asked the link for a sign of life last. */
  probedAtMs = 0;

  /** @param watch the liveness chart as it stands; null while nobody watches. */
  constructor(watch: () => Watch | null) {
    this.#watch = watch;
  }

  /** Whether the chart is to be told. */
  isNews(look: LinkMeasured, limits: LivenessLimits = {}): boolean {
    const watch = this.#watch();
    return watch === null
      ? isWorthWatching(look, limits)
      : isEventful(watch.value, watch.context, look);
  }
}

interface Watching {
  readonly children: Readonly<Record<string, AnyActorRef>>;
}

/** Of a socket that the connection chart dials, and watches. */
export function looksOf({ connection }: SocketInput): Looks {
  return new Looks(() => {
    const { children } = connection.getSnapshot() as Watching;
    return (children['liveness']?.getSnapshot() as Watch | undefined) ?? null;
  });
}
