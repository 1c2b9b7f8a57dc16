/** The past, to be gone through: a slider over all events, and above it how long they took. */
import { useMemo } from 'preact/hooks';

import { paceOf, shortDuration } from '../model/pace.ts';
import type { PaceColumn } from '../model/pace.ts';
import type { Watching } from '../model/watching.ts';

const COLUMNS = 240;
const STRIP = { width: 960, height: 44 } as const;
/** The strip is drawn anew this often at the most, in batches of events. */
const EVERY_TICKS = 6;

export function TimeBar({ watching }: { readonly watching: Watching }) {
  const tick = watching.tick.value;
  const at = watching.at.value;
  const { timeline } = watching;
  const { firstSeq, endSeq } = timeline;
  const last = Math.max(firstSeq, endSeq - 1);
  const actorId = watching.focus.value;
  const isFew = endSeq - firstSeq < 2_000;
  const round = isFew ? tick : Math.floor(tick / EVERY_TICKS);
  const columns = useMemo(() => paceOf(timeline, actorId, COLUMNS), [timeline, actorId, round]);
  const newestMs = timeline.row(last)?.atMs ?? 0;
  const shownMs = timeline.row(at ?? last)?.atMs ?? newestMs;
  const behind = at === null ? 'now' : `${shortDuration(Math.max(0, newestMs - shownMs))} ago`;
  const isEmpty = endSeq === firstSeq;
  const told = isEmpty
    ? 'no events yet'
    : `event ${(at ?? last) - firstSeq + 1} of ${endSeq - firstSeq}, ${behind}`;
  return (
    <section class="time" aria-label="Time">
      <Strip columns={columns} watching={watching} />
      <input
        type="range"
        min={firstSeq}
        max={last}
        value={at ?? last}
        disabled={isEmpty}
        aria-label="Moment that is shown"
        aria-valuetext={told}
        onInput={(event) => watching.goTo(Number(event.currentTarget.value))}
      />
      <div class="controls">
        <button
          type="button"
          aria-pressed={at !== null}
          disabled={isEmpty}
          onClick={() => watching.pause()}
        >
          {at === null ? 'Pause' : 'Live'}
        </button>
        <button
          type="button"
          class="icon"
          aria-label="One event back"
          disabled={isEmpty}
          onClick={() => watching.goTo(watching.lastSeq - 1)}
        >
          ‹
        </button>
        <button
          type="button"
          class="icon"
          aria-label="One event on"
          disabled={isEmpty}
          onClick={() => watching.goTo(watching.lastSeq + 1)}
        >
          ›
        </button>
        <output data-testid="moment">{told}</output>
        {!isEmpty && <Legend columns={columns} />}
      </div>
    </section>
  );
}

function Strip({
  columns,
  watching,
}: {
  readonly columns: readonly PaceColumn[];
  readonly watching: Watching;
}) {
  const { width, height } = STRIP;
  const { firstSeq, endSeq } = watching.timeline;
  const total = Math.max(1, endSeq - firstSeq);
  const x = (seq: number): number => ((seq - firstSeq) / total) * width;
  const most = Math.max(
    10,
    ...columns.map(({ gapMs, settleMs, rttMs }) => Math.max(gapMs, settleMs, rttMs ?? 0)),
  );
  // Logarithmic: one gap of a minute must not hide what takes milliseconds.
  const y = (ms: number): number =>
    ms <= 0 ? 0 : (Math.log1p(ms) / Math.log1p(most)) * (height - 4);
  const bars = (of: (column: PaceColumn) => number): string =>
    columns
      .filter((column) => of(column) > 0)
      .map((column) => {
        const [left, right, up] = [x(column.fromSeq), x(column.toSeq + 1), y(of(column))];
        return `M${left.toFixed(1)} ${height}V${(height - up).toFixed(1)}H${Math.max(left + 1, right - 0.5).toFixed(1)}V${height}z`;
      })
      .join('');
  const broken = columns
    .filter(({ isBroken }) => isBroken)
    .map(
      ({ fromSeq, toSeq }) =>
        `M${x(fromSeq).toFixed(1)} 0H${x(toSeq + 1).toFixed(1)}V${height}H${x(fromSeq).toFixed(1)}z`,
    )
    .join('');
  const trips = columns
    .filter(({ rttMs }) => rttMs !== null)
    .map(
      ({ fromSeq, rttMs }, index) =>
        `${index === 0 ? 'M' : 'L'}${x(fromSeq).toFixed(1)} ${(height - y(rttMs ?? 0)).toFixed(1)}`,
    )
    .join('');
  const at = watching.at.value;
  const label = `Time between events: the longest is ${shortDuration(Math.max(0, ...columns.map(({ gapMs }) => gapMs)))}`;
  const onClick = (event: MouseEvent): void => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    watching.goTo(firstSeq + Math.floor(((event.clientX - box.left) / box.width) * total));
  };
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={onClick}
    >
      <path class="broken" d={broken} />
      <path class="gap" d={bars(({ gapMs }) => gapMs)} />
      <path class="settle" d={bars(({ settleMs }) => settleMs)} />
      <path class="rtt" d={trips} />
      {at !== null && <path class="cursor" d={`M${x(at + 0.5).toFixed(1)} 0V${height}`} />}
    </svg>
  );
}

function Legend({ columns }: { readonly columns: readonly PaceColumn[] }) {
  const gap = Math.max(0, ...columns.map(({ gapMs }) => gapMs));
  const settle = Math.max(0, ...columns.map(({ settleMs }) => settleMs));
  const rtt = columns.filter(({ rttMs }) => rttMs !== null).at(-1)?.rttMs;
  const isBroken = columns.some((column) => column.isBroken);
  return (
    <p class="legend">
      {gap > 0 && <span class="key is-gap">between events, up to {shortDuration(gap)}</span>}
      {settle > 0 && (
        <span class="key is-settle">event to outcome, up to {shortDuration(settle)}</span>
      )}
      {rtt !== undefined && rtt !== null && (
        <span class="key is-rtt">round trip, last {shortDuration(rtt)}</span>
      )}
      {isBroken && <span class="key is-broken">reconnecting</span>}
    </p>
  );
}
