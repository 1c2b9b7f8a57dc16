/** Every actor below the one that made it, with what it is doing. */
import { useSignal } from '@preact/signals';

import { statePath } from '../model/lit.ts';
import type { Actor } from '../model/timeline.ts';
import type { Watching } from '../model/watching.ts';
import { VirtualList } from './virtual-list.tsx';

const ROW_HEIGHT = 30;

interface Line {
  readonly actor: Actor;
  readonly depth: number;
}

export function ActorTree({ watching }: { readonly watching: Watching }) {
  const search = useSignal('');
  const hidesEnded = useSignal(false);
  watching.drawAnew();
  const at = watching.at.value;
  const lines = linesOf(watching, search.value.toLowerCase(), hidesEnded.value, at);
  const row = (index: number) => {
    const line = lines[index];
    return line === undefined ? null : (
      <ActorRow key={line.actor.id} watching={watching} {...line} />
    );
  };
  return (
    <section class="panel actors" aria-label="Actors">
      <header>
        <h2>Actors</h2>
        <span class="count" data-testid="actor-count">
          {lines.length}
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={hidesEnded.value}
            onChange={() => (hidesEnded.value = !hidesEnded.value)}
          />
          living only
        </label>
      </header>
      <input
        class="search"
        type="search"
        placeholder="Search actors"
        aria-label="Search actors"
        value={search.value}
        onInput={(event) => (search.value = event.currentTarget.value)}
      />
      <Counts watching={watching} />
      <VirtualList
        count={lines.length}
        rowHeight={ROW_HEIGHT}
        label="Actors"
        follows={false}
        onFollow={() => undefined}
        reveal={null}
        row={row}
      />
    </section>
  );
}

/** How many there are of each machine. */
function Counts({ watching }: { readonly watching: Watching }) {
  watching.drawAnew();
  const counts = new Map<string, number>();
  for (const actor of watching.timeline.actors.values()) {
    const snapshot = watching.timeline.snapshotOf(actor.id, watching.at.value);
    if (snapshot === null || (snapshot.status ?? 'active') !== 'active') continue;
    const machine = watching.modelOf(actor)?.id ?? 'other';
    counts.set(machine, (counts.get(machine) ?? 0) + 1);
  }
  const told = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
  return (
    <p class="counts" aria-label="Living actors by machine">
      {told.map(([machine, count]) => (
        <span key={machine}>
          {machine} <b>{count}</b>
        </span>
      ))}
    </p>
  );
}

function ActorRow({ watching, actor, depth }: Line & { readonly watching: Watching }) {
  const snapshot = watching.timeline.snapshotOf(actor.id, watching.at.value);
  watching.drawAnew();
  const status = snapshot?.status ?? 'active';
  const path = statePath(snapshot?.value);
  const isShown = watching.shown.value.includes(actor.id);
  const isFocus = watching.focus.value === actor.id;
  const isLiving = status === 'active';
  const id = actor.systemId === null ? actor.id : `${actor.id}, ${actor.systemId}`;
  const title = isLiving || path === '' ? id : `${id}: ${status} in ${path}`;
  return (
    <div
      class={`actor is-${status}${isFocus ? ' is-focus' : ''}`}
      role="listitem"
      style={{ height: `${ROW_HEIGHT}px`, paddingLeft: `${8 + depth * 14}px` }}
    >
      <input
        type="checkbox"
        aria-label={`Show the chart of ${actor.name}`}
        checked={isShown}
        onChange={() => watching.toggle(actor.id)}
      />
      <button
        type="button"
        title={title}
        aria-pressed={isFocus}
        onClick={() => pick(watching, actor.id)}
      >
        <span class="dot" aria-hidden="true" />
        <span class="name">{actor.name}</span>
        <span class="where">{isLiving && path !== '' ? path : status}</span>
      </button>
    </div>
  );
}

/** Once: its chart and its events. Again: as before. */
function pick(watching: Watching, actorId: string): void {
  if (watching.focus.value === actorId) {
    watching.focus.value = null;
    watching.chosen.value = null;
    return;
  }
  watching.focus.value = actorId;
  watching.only(actorId);
}

/** Those that match, and whoever is above them. */
function linesOf(
  { timeline, drawings }: Watching,
  text: string,
  hidesEnded: boolean,
  at: number | null,
): readonly Line[] {
  const kept = new Set<string>();
  for (const actor of timeline.actors.values()) {
    const snapshot = timeline.snapshotOf(actor.id, at);
    if (snapshot === null) continue;
    if (hidesEnded && (snapshot.status ?? 'active') !== 'active') continue;
    const machine = text === '' ? '' : (drawings.modelOf(actor.definition)?.id ?? '');
    const words = `${actor.name} ${actor.id} ${actor.systemId ?? ''} ${machine} ${statePath(snapshot.value)}`;
    if (text !== '' && !words.toLowerCase().includes(text)) continue;
    for (
      let up: string | null = actor.id;
      up !== null && !kept.has(up);
      up = timeline.actors.get(up)?.parentId ?? null
    ) {
      kept.add(up);
    }
  }
  const below = new Map<string | null, Actor[]>();
  for (const actor of timeline.actors.values()) {
    if (!kept.has(actor.id)) continue;
    const parent =
      actor.parentId !== null && timeline.actors.has(actor.parentId) ? actor.parentId : null;
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [actor]);
    else siblings.push(actor);
  }
  const lines: Line[] = [];
  const visit = (parentId: string | null, depth: number): void => {
    for (const actor of below.get(parentId) ?? []) {
      lines.push({ actor, depth });
      visit(actor.id, depth + 1);
    }
  };
  visit(null, 0);
  return lines;
}
