/** What happened, line by line, and all that is told of the line that its reader picked. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { countUpTo } from '../model/timeline.ts';
import type { Row } from '../model/timeline.ts';
import { LogView } from '../model/log.ts';
import type { Kind } from '../model/log.ts';
import { statePath } from '../model/lit.ts';
import { shortDuration } from '../model/pace.ts';
import type { Watching } from '../model/watching.ts';
import { EventDetail } from './event-detail.tsx';
import { VirtualList } from './virtual-list.tsx';

const ROW_HEIGHT = 28;

export function EventLog({ watching }: { readonly watching: Watching }) {
  const kind = useSignal<Kind>('all');
  const text = useSignal('');
  const follows = useSignal(true);
  const log = useMemo(() => new LogView(watching.timeline), [watching]);
  watching.drawAnew();
  const actorId = watching.focus.value;
  const all = log.seqs({ kind: kind.value, actorId, text: text.value.toLowerCase() });
  const at = watching.at.value;
  const count = at === null ? all.length : countUpTo(all, at);
  const isLive = at === null;
  return (
    <section class="panel log" aria-label="Events">
      <header>
        <h2>Events</h2>
        <span class="count" data-testid="event-count">
          {count}
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={follows.value}
            onChange={() => (follows.value = !follows.value)}
          />
          follow
        </label>
      </header>
      <Filters watching={watching} kind={kind} text={text} />
      <VirtualList
        count={count}
        rowHeight={ROW_HEIGHT}
        label="Events"
        follows={follows.value && isLive}
        onFollow={(next) => {
          if (isLive) follows.value = next;
        }}
        reveal={isLive ? null : count - 1}
        row={(index) => (
          <LogRow
            key={all[index]}
            watching={watching}
            row={watching.timeline.row(all[index] ?? -1)}
          />
        )}
      />
      <EventDetail watching={watching} />
    </section>
  );
}

interface FiltersProps {
  readonly watching: Watching;
  readonly kind: Signal<Kind>;
  readonly text: Signal<string>;
}

function Filters({ watching, kind, text }: FiltersProps) {
  const actorId = watching.focus.value;
  return (
    <div class="filters">
      <input
        class="search"
        type="search"
        placeholder="Search events"
        aria-label="Search events"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <select
        aria-label="Kind of events"
        value={kind.value}
        onChange={(event) => (kind.value = event.currentTarget.value as Kind)}
      >
        <option value="all">all</option>
        <option value="events">events</option>
        <option value="actors">actors</option>
      </select>
      {actorId !== null && (
        <button type="button" class="chip" onClick={() => (watching.focus.value = null)}>
          {watching.timeline.actors.get(actorId)?.name ?? actorId} ×
        </button>
      )}
    </div>
  );
}

function LogRow({ watching, row }: { readonly watching: Watching; readonly row: Row | undefined }) {
  if (row === undefined) return null;
  const { timeline } = watching;
  const { event, seq, actorId } = row;
  const isPicked = watching.picked.value === seq;
  const name = timeline.actors.get(actorId)?.name ?? actorId;
  const pick = (): void => {
    watching.picked.value = isPicked ? null : seq;
  };
  const show = (): void => watching.goTo(row.settledSeq ?? seq);
  return (
    <div
      role="listitem"
      class={`row${isPicked ? ' is-picked' : ''}`}
      style={{ height: `${ROW_HEIGHT}px` }}
    >
      <button
        type="button"
        aria-pressed={isPicked}
        onClick={pick}
        onDblClick={show}
        title="Details; twice: show this moment"
      >
        <time>{clockOf(row.atMs)}</time>
        <span class="who">{name}</span>
        <span class="what">
          {event.type === '@xstate.actor' ? 'actor started' : shortType(event.event.type)}
        </span>
        <Outcome watching={watching} row={row} />
      </button>
    </div>
  );
}

/** What the actor was after it, where that is another state than before. */
function Outcome({ watching, row }: { readonly watching: Watching; readonly row: Row }) {
  watching.drawAnew();
  const { timeline } = watching;
  const seq = row.event.type === '@xstate.event' ? row.settledSeq : row.seq;
  const settled = seq === null ? undefined : timeline.row(seq);
  if (settled === undefined || settled.event.type === '@xstate.event') return null;
  const after = statePath(settled.event.snapshot.value);
  const step =
    settled.event.type === '@xstate.snapshot' ? timeline.lastStep(row.actorId, settled.seq) : null;
  const before = step === null ? '' : statePath(step.before.value);
  const status = settled.event.snapshot.status ?? 'active';
  const tookMs = settled.atMs - row.atMs;
  return (
    <span class="outcome">
      {after !== before && after !== '' && <>→ {after}</>}
      {status !== 'active' && <b class={`is-${status}`}> {status}</b>}
      {tookMs > 0 && <small> {shortDuration(tookMs)}</small>}
    </span>
  );
}

function shortType(type: string): string {
  return type.replace(/^xstate\./, '');
}

function clockOf(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return '';
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`;
}
