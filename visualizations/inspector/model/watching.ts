/** What the page shows, and what its reader chose: everything that its parts have in common. */
import { computed, signal } from '@preact/signals';

import type { ChartSource, StatelyInspectionEvent } from '../../../src/observability/wire.ts';
import type { Elk } from '../../../src/charts/elk.ts';
import type { ChartModel } from '../../../src/charts/model.ts';
import { Drawings } from './drawn.ts';
import { Timeline } from './timeline.ts';
import type { Actor } from './timeline.ts';

/** What reminds the page that something happened, such as once before the next frame. */
export type Batch = (run: () => void) => () => void;

export class Watching {
  readonly timeline = new Timeline();
  readonly #usualCount: number;
  readonly drawings: Drawings;
  /** Grows with every batch of events: whoever reads it is drawn anew. */
  readonly tick = signal(0);
  /** The number of the last event that has happened in the moment that is shown; null: now. */
  readonly at = signal<number | null>(null);
  /** The actors whose charts are shown, by the reader's choice; null: the page's own. */
  readonly chosen = signal<readonly string[] | null>(null);
  /** The event whose details are shown. */
  readonly picked = signal<number | null>(null);
  /** The actor whose events the log and the strip show; null: all. */
  readonly focus = signal<string | null>(null);
  readonly shown = computed(() => {
    this.drawAnew();
    return this.chosen.value ?? this.#usual();
  });

  /** @param usualCount so many charts are shown until the reader chooses. */
  constructor(elk: Elk, usualCount = 2) {
    this.drawings = new Drawings(elk);
    this.#usualCount = usualCount;
  }

  /** Whoever calls this while it is drawn is drawn again with the next batch of events. */
  drawAnew(): number {
    return this.tick.value;
  }

  /** @returns ends it. */
  watch(source: ChartSource, batch: Batch): () => void {
    const tell = batch(() => {
      this.tick.value += 1;
    });
    return source.subscribe((event: StatelyInspectionEvent) => {
      this.timeline.add(event);
      tell();
    });
  }

  modelOf(actor: Actor): ChartModel | null {
    return this.drawings.modelOf(actor.definition);
  }

  /** The last event of the moment that is shown. */
  get lastSeq(): number {
    return this.at.value ?? this.timeline.endSeq - 1;
  }

  /** Steps through the past; past the newest event is the present. */
  goTo(seq: number | null): void {
    const { firstSeq, endSeq } = this.timeline;
    if (seq === null || seq >= endSeq - 1) this.at.value = null;
    else this.at.value = Math.max(firstSeq, seq);
  }

  pause(): void {
    if (this.at.value === null && this.timeline.length > 0)
      this.at.value = this.timeline.endSeq - 1;
    else this.at.value = null;
  }

  /** Shows an actor's chart beside those that are shown, or no longer. */
  toggle(actorId: string): void {
    const shown = this.shown.value;
    this.chosen.value = shown.includes(actorId)
      ? shown.filter((id) => id !== actorId)
      : [...shown, actorId];
  }

  only(actorId: string): void {
    this.chosen.value = [actorId];
  }

  /**
   * The charts with most to tell: of what lives, the machines with most states, each by its newest actor. Where nothing lives any
   * more, the same of what did: how it ended.
   */
  #usual(): readonly string[] {
    const { timeline } = this;
    const newest = new Map<string, Known>();
    const living = new Map<string, Known>();
    for (const actor of timeline.actors.values()) {
      const states = this.modelOf(actor)?.states.length ?? 0;
      if (states === 0) continue;
      newest.set(actor.definition, { actor, states });
      const status = timeline.snapshotOf(actor.id, null)?.status ?? 'active';
      if (status === 'active') living.set(actor.definition, { actor, states });
    }
    const among = living.size > 0 ? living : newest;
    const most = [...among.values()].sort((a, b) => b.states - a.states).slice(0, this.#usualCount);
    return most.sort((a, b) => a.actor.bornSeq - b.actor.bornSeq).map(({ actor }) => actor.id);
  }
}

interface Known {
  readonly actor: Actor;
  readonly states: number;
}
