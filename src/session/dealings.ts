/** What a session tells the breakers of its services, and what they tell it: they are shared with the other sessions. */
import { StallWatch } from './admission/stall-watch.ts';
import type { Breakers } from './admission/breakers.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { NOT_DIALLED } from './reporter.ts';
import type { Dealing, Owner } from './reporter.ts';
import type { Failure } from '../../machines/failure.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';

/** How long a probe may take before whoever was refused asks again: a dial, and a first result. */
const PROBE_RETRY_MS = 15_000;

export class Dealings implements Dealing {
  readonly #options: Pick<ResolvedOptions, 'candidates' | 'clock'>;
  readonly #breakers: Breakers;
  readonly #owner: () => Owner | null;
  /** Of the link that carries. */
  #stalls: { readonly link: Link; readonly watch: StallWatch } | null = null;
  #resultAtMs: number | null = null;

  constructor(
    options: Pick<ResolvedOptions, 'candidates' | 'clock'>,
    breakers: Breakers,
    owner: () => Owner | null,
  ) {
    this.#options = options;
    this.#breakers = breakers;
    this.#owner = owner;
  }

  dials(link: Link): Failure | null {
    const { candidates, clock } = this.#options;
    const { key } = link.candidate;
    const atMs = clock.nowMs();
    if (this.#breakers.ask(key, atMs)) {
      link.isProbe = this.#breakers.stateOf(key).state === 'halfOpen';
      return null;
    }
    if (this.#owner()?.isLast(candidates.indexOf(link.candidate)) !== false) return null;
    const { openUntilMs } = this.#breakers.stateOf(key);
    return { ...NOT_DIALLED, retryAfterMs: Math.max(PROBE_RETRY_MS, openUntilMs - atMs) };
  }

  lost(candidate: Link['candidate'] | number, failure: Failure, atMs: number): void {
    const { candidates } = this.#options;
    const index = typeof candidate === 'number' ? candidate : candidates.indexOf(candidate);
    const isLast = this.#owner()?.isLast(index) ?? true;
    const { key } = candidates[index] ?? candidates[0];
    this.#breakers.tell(key, { type: 'dial.failed', failure, isLast, atMs });
  }

  committed({ candidate }: Link, atMs: number): void {
    this.#breakers.tell(candidate.key, { type: 'dial.succeeded', atMs });
  }

  released(link: Link, atMs: number): void {
    if (this.#stalls?.link === link) this.#stalls = null;
    if (link.hasCommitted || !link.isProbe) return;
    this.#breakers.tell(link.candidate.key, { type: 'probe.abandoned', atMs });
  }

  answered(atMs: number): void {
    this.#resultAtMs = atMs;
  }

  watchStalls(link: Link, { atMs, lateByMs }: LinkMeasured): void {
    const owner = this.#owner();
    if (owner === null) return;
    if (this.#stalls?.link !== link) this.#stalls = { link, watch: new StallWatch() };
    const { speechMs: speechSentMs } = owner;
    const resultAtMs = this.#resultAtMs;
    if (!this.#stalls.watch.isStalled({ atMs, lateByMs, speechSentMs, resultAtMs })) return;
    const isLast = owner.isLast(this.#options.candidates.indexOf(link.candidate));
    this.#breakers.tell(link.candidate.key, { type: 'stream.stalled', atMs, isLast });
  }
}
