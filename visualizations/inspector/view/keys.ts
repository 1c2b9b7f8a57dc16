/** What keys do anywhere on the page, save where somebody types. */
import type { Watching } from '../model/watching.ts';

const FAR = 50;

export interface KeyDoings {
  readonly watching: Watching;
  readonly root: HTMLElement;
  readonly help: () => void;
}

/** @returns whether the key meant something. */
export function onKey(event: KeyboardEvent, { watching, root, help }: KeyDoings): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  const isTyping = target instanceof HTMLElement && target.matches('input, select, textarea');
  if (event.key === 'Escape') {
    watching.picked.value = null;
    return true;
  }
  if (isTyping) return false;
  const isOnButton = target instanceof HTMLElement && target.matches('button, [role=group] *');
  const isInChart = target instanceof HTMLElement && target.matches('.scroll');
  const step = event.shiftKey ? FAR : 1;
  switch (event.key) {
    case '?':
      help();
      return true;
    case ' ':
      if (isOnButton) return false;
      watching.pause();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      if (isInChart) return false;
      watching.goTo(watching.lastSeq + (event.key === 'ArrowLeft' ? -step : step));
      return true;
    case 'Home':
      watching.goTo(watching.timeline.firstSeq);
      return true;
    case 'End':
    case 'l':
    case 'L':
      watching.goTo(null);
      return true;
    case '/':
      return focus(root, '.log .search');
    case 'a':
    case 'A':
      return focus(root, '.actors .list');
    case 'e':
    case 'E':
      return focus(root, '.log .list');
    case 'c':
    case 'C':
      return focus(root, '.chart .scroll');
    default:
      return false;
  }
}

function focus(root: HTMLElement, selector: string): boolean {
  const element = root.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}
