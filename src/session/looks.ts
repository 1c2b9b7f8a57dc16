/**
 * Which looks at a link its chart is told: those that change anything. While audio flows and results come, most do not, and an
 * event to an actor costs as much as a chunk.
 */
import type { AnyActorRef, SnapshotFrom } from 'xstate';

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

interface Parent {
  readonly children: Readonly<Record<string, AnyActorRef>>;
}

/** @param socket an actor of the connection chart's, which watches its links. */
export function looksOf({ _parent: connection }: AnyActorRef): Looks {
  return new Looks(() => {
    const { children } = (connection?.getSnapshot() ?? { children: {} }) as Parent;
    return (children['liveness']?.getSnapshot() as Watch | undefined) ?? null;
  });
}
