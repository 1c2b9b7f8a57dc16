/**
 * Every running chart of every actor, live: which state each is in and how it came there, what was told to whom, and all of
 * the past that is kept. It draws whatever speaks the wire format of `@statelyai/inspect`.
 */
import './live-charts.css';

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import type { ChartSource } from '../../src/observability/wire.ts';
import { oncePerFrame } from './frames.browser.ts';
import { elkInWorker } from './layout.browser.ts';
import { Watching } from './model/watching.ts';
import { ActorTree } from './view/actor-tree.tsx';
import { ChartView } from './view/chart-view.tsx';
import { EventLog } from './view/event-log.tsx';
import { Help } from './view/help.tsx';
import { onKey } from './view/keys.ts';
import { TimeBar } from './view/time-bar.tsx';

export type { ChartSource };

export interface LiveChartsProps {
  /** Another source is another past: what the one before told is forgotten. */
  readonly source: ChartSource;
  /** Only one chart and the time, for a page that has other things to show. Default false. */
  readonly isCompact?: boolean;
  /** What stands where the charts will be while no actor is known. Default: that there is none. */
  readonly empty?: ComponentChildren;
}

/** So many charts are shown until the reader chooses: what is below the other is not seen together. */
const USUAL = { wide: 2, narrow: 1 } as const;
const NARROW = '(width < 860px)';

const elk = elkInWorker();

export function LiveCharts({ source, isCompact = false, empty = null }: LiveChartsProps) {
  const root = useRef<HTMLDivElement>(null);
  const isHelpOpen = useSignal(false);
  const watching = useMemo(() => {
    const isNarrow = isCompact || matchMedia(NARROW).matches;
    return new Watching(elk, isNarrow ? USUAL.narrow : USUAL.wide);
  }, [source]);
  useEffect(() => watching.watch(source, oncePerFrame), [watching, source]);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const element = root.current;
      if (element === null) return;
      // In a page of others its keys are the page's, unless the reader is in here.
      const isInside = event.target instanceof Node && element.contains(event.target);
      if (isCompact && !isInside) return;
      const help = (): void => {
        isHelpOpen.value = true;
      };
      if (onKey(event, { watching, root: element, help })) event.preventDefault();
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [watching, isCompact]);

  watching.drawAnew();
  const isEmpty = watching.timeline.actors.size === 0;
  const looks = `${isCompact ? ' is-compact' : ''}${isEmpty ? ' is-empty' : ''}`;
  return (
    <div class={`live-charts${looks}`} ref={root}>
      {!isCompact && <ActorTree watching={watching} />}
      <Charts watching={watching} isOnly={isCompact} empty={isEmpty ? empty : null} />
      {!isCompact && <EventLog watching={watching} />}
      <TimeBar watching={watching} />
      <button
        type="button"
        class="icon keys"
        aria-label="Keys"
        onClick={() => (isHelpOpen.value = true)}
      >
        ?
      </button>
      <Help isOpen={isHelpOpen.value} onClose={() => (isHelpOpen.value = false)} />
    </div>
  );
}

interface ChartsProps {
  readonly watching: Watching;
  /** There is no list to choose another from: this one cannot be hidden. */
  readonly isOnly: boolean;
  readonly empty: ComponentChildren;
}

function Charts({ watching, isOnly, empty }: ChartsProps) {
  const actors = watching.shown.value.flatMap((id) => watching.timeline.actors.get(id) ?? []);
  return (
    <section class="charts" aria-label="Charts">
      {actors.map((actor) => (
        <ChartView key={actor.id} watching={watching} actor={actor} isOnly={isOnly} />
      ))}
      {actors.length === 0 &&
        (empty ?? (
          <p class="hint">No chart is shown. Choose an actor, or wait for one to start.</p>
        ))}
    </section>
  );
}
