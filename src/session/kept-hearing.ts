/** What only a service that keeps sessions tells of itself: what its word is worth, where it stands still, and what it has lost. */
import type { Demux } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import type { HearingWiring } from './hearing.types.ts';
import type { Link } from './link.ts';
import type { Durability } from '../ports/log-store.ts';
import type { ProviderEvent } from '../providers/contract.ts';

type KeepingEvent = Extract<
  ProviderEvent,
  { kind: 'standstill' | 'keeping' | 'sessionLost' | 'serving' }
>;

/** The least first. */
const CLASSES: readonly Durability[] = ['memory', 'fsync', 'replicated', 'fsync-quorum'];

export class KeptHearing {
  readonly #wiring: HearingWiring;
  readonly #demux: Demux;
  readonly #emitter: SessionEmitter;
  #durability: Durability | null = null;

  constructor(wiring: HearingWiring, demux: Demux, emitter: SessionEmitter) {
    this.#wiring = wiring;
    this.#demux = demux;
    this.#emitter = emitter;
  }

  /** The least that acknowledgements survived; null where nobody kept anything. */
  get durability(): Durability | null {
    return this.#durability;
  }

  hear(link: Link, event: KeepingEvent): void {
    switch (event.kind) {
      case 'standstill': {
        const { clock, reporter } = this.#wiring;
        const { sinceMs, forMs } = event;
        const atMs = clock.nowMs();
        reporter.tell(link, { type: 'link.stalled', id: link.id, atMs, sinceMs, forMs });
        return;
      }
      case 'keeping':
        link.durability = event.durability;
        this.#durability = weaker(this.#durability, event.durability);
        return;
      case 'sessionLost':
        // Samples of services that keep audio are the session's own, whichever link carries.
        this.#emitter.emit({
          type: 'gateway.sessionLost',
          acknowledgedMs: this.#demux.msOfCaptured(event.acknowledgedSample),
          resentFromMs: this.#demux.msOfCaptured(event.fromSample),
          gapMs: this.#demux.missingMsFrom(event.fromSample),
        });
        return;
      case 'serving': {
        const { provider, mode, missing } = event;
        this.#emitter.emit({ type: 'gateway.serving', provider, mode, missing });
        return;
      }
    }
  }

  attached({ durability }: Link, resumed: boolean): void {
    if (durability !== null) this.#emitter.emit({ type: 'gateway.attached', durability, resumed });
  }
}

function weaker(one: Durability | null, other: Durability): Durability {
  return one === null || CLASSES.indexOf(other) < CLASSES.indexOf(one) ? other : one;
}
