/** Every chunk of audio as a small square, ten seconds to a row: where it is on its way. */
import { useEffect, useRef } from 'preact/hooks';

import { FATES } from './chunks.ts';
import type { ChunkBook, Fate } from './chunks.ts';
import { broken, isBusy, phase } from './state.ts';
import type { ClientView } from './state.ts';

const COLUMNS = 100;
const ROWS = 7;
const ROW_PX = 11;

const COLORS: Readonly<Record<Fate, string>> = {
  waiting: '--warn',
  sent: '--accent',
  committed: '--good',
  replayed: '--good',
  lost: '--bad',
};

const WORDS: Readonly<Record<'ours' | 'plain', Readonly<Record<Fate, string>>>> = {
  ours: {
    waiting: 'kept here',
    sent: 'sent',
    committed: 'committed',
    replayed: 'replayed',
    lost: 'gap',
  },
  plain: {
    waiting: 'queued',
    sent: 'sent',
    committed: 'received',
    replayed: 'sent again',
    lost: 'lost',
  },
};

export interface StripProps {
  readonly view: ClientView;
  readonly kind: 'ours' | 'plain';
}

export function Strip({ view, kind }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const state = phase.value;
  useEffect(() => {
    const { current } = canvas;
    if (current === null) return undefined;
    let drawn = '';
    let frame = 0;
    const draw = (): void => {
      const key = `${view.book.value.version}/${current.clientWidth}/${broken.value.length}`;
      if (key !== drawn) paint(current, view.book.value);
      drawn = key;
      if (isBusy.value) frame = requestAnimationFrame(draw);
    };
    draw();
    const again = (): void => {
      drawn = '';
      draw();
    };
    const watch = new ResizeObserver(again);
    watch.observe(current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', again);
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
      scheme.removeEventListener('change', again);
    };
  }, [view, state]);
  return (
    <figure class="strip">
      <p class="strip-what">Every chunk of 0.1 s, ten seconds to a row</p>
      <canvas ref={canvas} style={{ height: `${ROWS * ROW_PX}px` }} aria-hidden="true" />
      <Legend view={view} kind={kind} />
    </figure>
  );
}

function Legend({ view, kind }: StripProps) {
  const counts = view.counts.value;
  const shown = FATES.filter((fate) => kind === 'ours' || fate !== 'replayed');
  return (
    <figcaption class="legend">
      {shown.map((fate) => (
        <span key={fate} data-fate={fate} data-count={counts[fate]}>
          <span class={`swatch is-${fate}`} aria-hidden="true" />
          <b>{counts[fate]}</b> {WORDS[kind][fate]}
        </span>
      ))}
    </figcaption>
  );
}

function paint(canvas: HTMLCanvasElement, book: ChunkBook): void {
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const scale = devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  pen.scale(scale, scale);
  const color = colorsOf(canvas);
  const cell = width / COLUMNS;
  const firstRow = Math.max(0, Math.ceil(book.length / COLUMNS) - ROWS);
  const first = firstRow * COLUMNS;
  const faults = new Set(broken.value.map(({ chunk }) => chunk));
  for (let at = first; at < first + ROWS * COLUMNS; at += 1) {
    const x = (at % COLUMNS) * cell;
    const y = (Math.floor(at / COLUMNS) - firstRow) * ROW_PX;
    const isThere = at < book.length;
    const fate = book.fateOf(at);
    pen.globalAlpha = isThere && fate === 'committed' ? 0.5 : 1;
    pen.fillStyle = color(isThere ? COLORS[fate] : '--line');
    if (isThere) pen.fillRect(x, y + 1, Math.max(1, cell - 0.8), ROW_PX - 3);
    else pen.fillRect(x, y + ROW_PX - 3, Math.max(1, cell - 0.8), 1);
    if (isThere && fate === 'replayed') {
      pen.fillStyle = color('--raised');
      pen.fillRect(x, y + ROW_PX / 2 - 1, Math.max(1, cell - 0.8), 1.5);
    }
    if (faults.has(at)) {
      pen.globalAlpha = 1;
      pen.fillStyle = color('--ink');
      pen.fillRect(x - 0.5, y - 1, 1.5, ROW_PX);
    }
  }
}

/** The theme's names as the pen takes them: what they stand for depends on the reader's scheme. */
function colorsOf(canvas: HTMLCanvasElement): (name: string) => string {
  const known = new Map<string, string>();
  canvas.style.transition = 'none'; // on its way from the color before, it would be read as that
  return (name) => {
    let color = known.get(name);
    if (color === undefined) {
      canvas.style.color = `var(${name})`;
      color = getComputedStyle(canvas).color;
      known.set(name, color);
    }
    return color;
  };
}
