/** One event with its fields, and what it changed in the actor's context. */
import { changesBetween } from '../model/changes.ts';
import { statePath } from '../model/lit.ts';
import type { Row, Timeline } from '../model/timeline.ts';
import type { Watching } from '../model/watching.ts';

export function EventDetail({ watching }: { readonly watching: Watching }) {
  watching.drawAnew();
  const seq = watching.picked.value;
  const { timeline } = watching;
  const row = seq === null ? undefined : timeline.row(seq);
  if (row === undefined) return null;
  const { event } = row;
  const told = event.type === '@xstate.actor' ? { ...event, definition: undefined } : event.event;
  const source = event.type === '@xstate.event' ? event.sourceId : undefined;
  const close = (): void => {
    watching.picked.value = null;
  };
  return (
    <aside class="detail" aria-label="Details of the event">
      <header>
        <h3>{event.type === '@xstate.actor' ? event.name : event.event.type}</h3>
        <button type="button" onClick={() => watching.goTo(row.settledSeq ?? row.seq)}>
          show this moment
        </button>
        <button type="button" class="icon" aria-label="Close the details" onClick={close}>
          ×
        </button>
      </header>
      <dl>
        <dt>to</dt>
        <dd>{nameOf(timeline, row.actorId)}</dd>
        {source !== undefined && (
          <>
            <dt>from</dt>
            <dd>{nameOf(timeline, source)}</dd>
          </>
        )}
      </dl>
      <Changed watching={watching} row={row} />
      <pre tabIndex={0} aria-label="Fields of the event">
        {JSON.stringify(told, null, 2)}
      </pre>
    </aside>
  );
}

function Changed({ watching, row }: { readonly watching: Watching; readonly row: Row }) {
  watching.drawAnew();
  const { timeline } = watching;
  const seq = row.event.type === '@xstate.event' ? row.settledSeq : row.seq;
  const settled = seq === null ? undefined : timeline.row(seq)?.event;
  const step = seq === null ? null : timeline.lastStep(row.actorId, seq);
  if (settled?.type !== '@xstate.snapshot' || step === null) return null;
  const { before } = step;
  const { snapshot } = settled;
  const changes = changesBetween(before.context, snapshot.context);
  const [from, to] = [statePath(before.value), statePath(snapshot.value)];
  return (
    <>
      <p>
        {from === to
          ? `stays in ${to === '' ? 'place' : to}`
          : `${from === '' ? 'begins' : from} → ${to}`}
      </p>
      {changes.length > 0 && (
        <table>
          <caption>Context</caption>
          <tbody>
            {changes.map(({ path, before: was, after: is }) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>{was !== null && <del>{was}</del>}</td>
                <td>{is !== null && <ins>{is}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function nameOf(timeline: Timeline, actorId: string): string {
  const actor = timeline.actors.get(actorId);
  return actor === undefined ? actorId : `${actor.name} (${actorId})`;
}
