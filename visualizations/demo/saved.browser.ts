/** What this tab keeps of a run over a reload. The audio is in the session's spool; this is what the page shows, and how far the speech is. */
import { ChunkBook } from './chunks.ts';
import { isFaultName } from './faults.ts';
import { broken, ours, plain, positionMs, source } from './state.ts';
import type { ClientView, SourceName } from './state.ts';

const KEY = 'tenuto-demo';
const POSITION_KEY = 'tenuto-demo-position';

interface SavedView {
  readonly finals: readonly string[];
  readonly book: string;
}

interface Saved {
  /** The spool's. */
  readonly name: string;
  readonly source: SourceName;
  readonly broken: readonly { readonly name: string; readonly chunk: number }[];
  readonly ours: SavedView;
  readonly plain: SavedView;
}

export interface RunToTakeUp {
  readonly name: string;
  readonly source: SourceName;
}

/** The place in what is said is kept with every chunk: neither is any said twice nor left out. */
export function savePosition(): void {
  sessionStorage.setItem(POSITION_KEY, String(positionMs.value));
}

export function saveRun(name: string): void {
  const saved: Saved = {
    name,
    source: source.value,
    broken: broken.value,
    ours: viewOf(ours),
    plain: viewOf(plain),
  };
  sessionStorage.setItem(KEY, JSON.stringify(saved));
}

export function forgetRun(): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(POSITION_KEY);
}

/** Shows again what was shown. Null where no run was under way. */
export function restoreRun(): RunToTakeUp | null {
  const text = sessionStorage.getItem(KEY);
  if (text === null) return null;
  const saved = JSON.parse(text) as Saved;
  source.value = saved.source;
  broken.value = saved.broken.flatMap(({ name, chunk }) =>
    isFaultName(name) ? [{ name, chunk }] : [],
  );
  positionMs.value = Number(sessionStorage.getItem(POSITION_KEY) ?? 0);
  restore(ours, saved.ours);
  restore(plain, saved.plain);
  plain.book.value.loseAllUnsettled(); // what waited was in the memory of a page that is gone
  return { name: saved.name, source: saved.source };
}

function viewOf({ finals, book }: ClientView): SavedView {
  return { finals: finals.value, book: book.value.toText() };
}

function restore(view: ClientView, { finals, book }: SavedView): void {
  view.finals.value = finals;
  view.book.value = ChunkBook.fromText(book);
}
