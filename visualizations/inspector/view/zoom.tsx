/** How large a chart is drawn: whole where that can be read, until its reader wants it otherwise. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

const STEP_RATIO = 1.25;
const SCALES = { least: 0.15, most: 3 } as const;
/** A chart is rather scrolled, to the state that it is in, than made too small to be read. */
const READABLE = 0.75;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Zoom {
  readonly scale: Signal<number>;
  by(ratio: number): void;
  /** All of it is seen, however small that is. */
  fit(): void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onWheel: (event: WheelEvent) => void;
}

export function useZoom(view: { current: HTMLElement | null }, { width, height }: Size): Zoom {
  const scale = useSignal(1);
  /** The least that it may be while it follows its window; null: it does not. */
  const least = useSignal<number | null>(READABLE);
  const fit = (): void => {
    const element = view.current;
    if (least.value === null || element === null) return;
    const { clientWidth, clientHeight } = element;
    const whole = Math.min(clientWidth / width, clientHeight / height);
    scale.value = Math.max(least.value, Math.min(1, whole));
  };
  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    return () => observer.disconnect();
  }, [width, height]);

  const by = (ratio: number): void => {
    least.value = null;
    scale.value = Math.min(SCALES.most, Math.max(SCALES.least, scale.value * ratio));
  };
  const fitAgain = (): void => {
    least.value = SCALES.least;
    fit();
  };
  return {
    scale,
    by,
    fit: fitAgain,
    onKeyDown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '+' || event.key === '=') by(STEP_RATIO);
      else if (event.key === '-') by(1 / STEP_RATIO);
      else if (event.key === '0') fitAgain();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onWheel: (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      by(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
  };
}

export function ZoomButtons({ zoom }: { readonly zoom: Zoom }) {
  return (
    <div class="zoom" role="group" aria-label="Zoom">
      <button
        type="button"
        class="icon"
        aria-label="Zoom out"
        onClick={() => zoom.by(1 / STEP_RATIO)}
      >
        −
      </button>
      <button type="button" class="icon" aria-label="Zoom in" onClick={() => zoom.by(STEP_RATIO)}>
        +
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Show the whole chart"
        onClick={() => zoom.fit()}
      >
        ⤢
      </button>
    </div>
  );
}
