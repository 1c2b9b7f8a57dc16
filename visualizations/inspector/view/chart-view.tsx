/** One running chart: drawn once, then lit by what is told of it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { liveSvgOf } from '../../../src/charts/svg.ts';
import { activeIn, inferredBy, litIn, statePath, toldBy } from '../model/lit.ts';
import type { Drawn } from '../model/drawn.ts';
import type { Actor } from '../model/timeline.ts';
import type { Watching } from '../model/watching.ts';
import { useDrag } from './drag.ts';
import { useZoom, ZoomButtons } from './zoom.tsx';

export interface ChartViewProps {
  readonly watching: Watching;
  readonly actor: Actor;
  /** It cannot be hidden. */
  readonly isOnly: boolean;
}

export function ChartView({ watching, actor, isOnly }: ChartViewProps) {
  const [drawn, setDrawn] = useState<Drawn | null | 'drawing'>('drawing');
  const { definition } = actor;
  useEffect(() => {
    let isWanted = true;
    void watching.drawings.drawnOf(definition).then((result) => {
      if (isWanted) setDrawn(result);
    });
    return () => {
      isWanted = false;
    };
  }, [definition, watching]);

  watching.drawAnew();
  const at = watching.at.value;
  const snapshot = watching.timeline.snapshotOf(actor.id, at);
  const path = snapshot === null ? 'not yet there' : statePath(snapshot.value);
  const status = snapshot?.status ?? 'not yet there';
  return (
    <section class="chart" aria-label={`Chart of ${actor.name}`} data-actor={actor.id}>
      <header>
        <h3>{actor.name}</h3>
        <span class={`state is-${status}`} data-testid="state">
          {path === '' ? status : path}
        </span>
        {path !== '' && status !== 'active' && <span class={`badge is-${status}`}>{status}</span>}
        {!isOnly && (
          <button
            type="button"
            class="icon"
            aria-label={`Hide ${actor.name}`}
            onClick={() => watching.toggle(actor.id)}
          >
            ×
          </button>
        )}
      </header>
      {drawn === 'drawing' && <p class="hint">Placing the boxes …</p>}
      {drawn === null && (
        <PlainBox name={actor.name} status={status} hasChart={watching.modelOf(actor) !== null} />
      )}
      {drawn !== 'drawing' && drawn !== null && (
        <Picture watching={watching} actor={actor} drawn={drawn} />
      )}
    </section>
  );
}

function PlainBox({ name, status, hasChart }: { name: string; status: string; hasChart: boolean }) {
  return (
    <div class="plain">
      <div class={`box is-${status}`}>
        <strong>{name}</strong>
        <span>{status}</span>
      </div>
      <p class="hint">
        {hasChart
          ? 'This chart could not be placed.'
          : 'No statechart: a promise, a callback or another kind of actor.'}
      </p>
    </div>
  );
}

interface PictureProps extends Omit<ChartViewProps, 'isOnly'> {
  readonly drawn: Drawn;
}

function Picture({ watching, actor, drawn }: PictureProps) {
  const view = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const { width, height } = drawn.layout;
  const zoom = useZoom(view, drawn.layout);
  const drag = useDrag(view);
  useLayoutEffect(() => {
    // Every text in it is escaped where it is drawn.
    const key = `${drawn.key}-${actor.id.replaceAll(/\W/g, '')}`;
    if (paper.current !== null) paper.current.innerHTML = liveSvgOf(drawn.layout, key);
  }, [drawn]);
  useLight(paper, view, watching, actor, drawn);

  const scale = zoom.scale.value;
  return (
    <div class="stage">
      <div
        class="scroll"
        ref={view}
        tabIndex={0}
        role="group"
        aria-label={`${actor.name}, drawn: arrows move it, + and - zoom`}
        onKeyDown={zoom.onKeyDown}
        onWheel={zoom.onWheel}
        {...drag}
      >
        <div
          class="paper"
          ref={paper}
          style={{ width: `${width * scale}px`, height: `${height * scale}px` }}
        />
      </div>
      <ZoomButtons zoom={zoom} />
    </div>
  );
}

const FADE_MS = 1_600;
const EDGE_SHARE = 0.12;

/** Classes only: nothing of the drawing is made anew. */
function useLight(
  paper: { current: HTMLDivElement | null },
  view: { current: HTMLDivElement | null },
  watching: Watching,
  actor: Actor,
  drawn: Drawn,
): void {
  watching.drawAnew();
  const stepSeq = useRef(-1);
  const { timeline } = watching;
  const at = watching.at.value;
  const snapshot = timeline.snapshotOf(actor.id, at);
  const step = timeline.lastStep(actor.id, at);
  const seq = step?.seq ?? -1;
  useLayoutEffect(() => {
    const root = paper.current;
    if (root === null) return;
    const active = activeIn(drawn.model, snapshot?.value);
    const taken =
      step === null || snapshot === null
        ? []
        : step.taken === null
          ? inferredBy(drawn.model, step.type, step.before, snapshot)
          : toldBy(drawn.model, step.taken);
    const lit = litIn(drawn, active, taken);
    const isNew = seq !== stepSeq.current;
    stepSeq.current = seq;
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const element of root.querySelectorAll<SVGElement>('[data-node]')) {
      element.classList.toggle('is-active', lit.nodes.has(Number(element.dataset['node'])));
    }
    for (const element of root.querySelectorAll<SVGElement>('[data-edge]')) {
      const isLit = lit.edges.has(Number(element.dataset['edge']));
      element.classList.toggle('is-last', isLit);
      if (isNew) for (const animation of element.getAnimations()) animation.cancel();
      if (isLit && isNew && !isStill) flash(element);
    }
    if (isNew) bringIntoSight(view.current, root);
  }, [drawn, seq, snapshot]);
}

function flash(element: SVGElement): void {
  const frames = [
    { strokeWidth: '5px', opacity: 1 },
    { strokeWidth: '2.2px', opacity: 1 },
  ];
  if (element.tagName === 'path')
    element.animate(frames, { duration: FADE_MS, easing: 'ease-out' });
}

/** The innermost active state, where the chart is larger than its window: with something around it, not at the very edge. */
function bringIntoSight(view: HTMLDivElement | null, root: HTMLDivElement): void {
  const active = [...root.querySelectorAll<SVGElement>('[data-node].is-active')].at(-1);
  if (view === null || active === undefined || view.matches(':active')) return;
  const [box, frame] = [active.getBoundingClientRect(), view.getBoundingClientRect()];
  const [x, y] = [frame.width * EDGE_SHARE, frame.height * EDGE_SHARE];
  if (box.top < frame.top + y || box.bottom > frame.bottom - y) {
    view.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  }
  if (box.left < frame.left + x || box.right > frame.right - x) {
    view.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }
}
