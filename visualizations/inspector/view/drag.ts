/** A picture that is moved by dragging it; a finger moves it as it moves everything else on the page. */
import { useRef } from 'preact/hooks';

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
}

export function useDrag(view: { current: HTMLElement | null }) {
  const grip = useRef<Grip | null>(null);
  return {
    onPointerDown: (event: PointerEvent): void => {
      const element = view.current;
      if (element === null || event.button !== 0 || event.pointerType === 'touch') return;
      const { scrollLeft, scrollTop } = element;
      grip.current = { x: event.clientX, y: event.clientY, left: scrollLeft, top: scrollTop };
      element.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent): void => {
      const [element, held] = [view.current, grip.current];
      if (element === null || held === null) return;
      element.scrollLeft = held.left - (event.clientX - held.x);
      element.scrollTop = held.top - (event.clientY - held.y);
    },
    onPointerUp: (): void => {
      grip.current = null;
    },
    onPointerCancel: (): void => {
      grip.current = null;
    },
  };
}
