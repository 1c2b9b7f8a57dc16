/** What sockets tell the connection chart, as variants of its events: each only where it can happen. */
import type { ContextFrom } from 'xstate';

import type { connectionMachine, Failure } from '../../../../machines/index.ts';
import type { EventVariant } from '../events.ts';

export type Machine = typeof connectionMachine;
type Variant = EventVariant<Machine>;
type IdIn = (context: ContextFrom<Machine>) => number | null;
type SocketFact = 'socket.opened' | 'socket.configured' | 'server.answered' | 'result.committed';

const current: IdIn = ({ socketId }) => socketId;
const second: IdIn = ({ hedgeId }) => hedgeId;

/** An event that can only happen so. */
export function when<E>(isPossible: boolean, event: E): E | null {
  return isPossible ? event : null;
}

export function lost(label: string, facts: Omit<Failure, 'detail'>): Variant {
  return lostBy(label, current, { detail: '', ...facts });
}

export const secondLost = lostBy('the second socket', second, {
  kind: 'transient',
  code: '1006',
  detail: '',
});

export function ofSockets(type: SocketFact): readonly Variant[] {
  const ofSecond = ofSocket('the second socket', second, (id, atMs) => ({ type, id, atMs }));
  return [ofCurrent(type), ofSecond, ofAnother(type)];
}

export function ofCurrent(type: SocketFact): Variant {
  return ofSocket('', current, (id, atMs) => ({ type, id, atMs }));
}

/** Of a socket that was let go: it changes nothing. */
export function ofAnother(type: SocketFact): Variant {
  return ofSocket(
    'a former socket',
    () => -1,
    (id, atMs) => ({ type, id, atMs }),
  );
}

export function unanswered(label: string, idIn: IdIn, forMs: number): Variant {
  return ofSocket(label, idIn, (id, atMs) => ({
    type: 'socket.unanswered',
    id,
    atMs,
    madeAtMs: atMs - forMs - 20,
    openedAtMs: atMs - forMs,
    isRaced: false,
    isPingUnanswered: true,
    withinMs: 15_000,
  }));
}

export function stalled(label: string, idIn: IdIn, forMs: number): Variant {
  return ofSocket(label, idIn, (id, atMs) => ({
    type: 'link.stalled',
    id,
    atMs,
    sinceMs: 7,
    forMs,
  }));
}

export function ending(label: string, idIn: IdIn): Variant {
  return ofSocket(label, idIn, (id, atMs) => ({
    type: 'link.ending',
    id,
    atMs,
    inMs: 30_000,
    unit: 0.5,
  }));
}

export function measured(label: string, quietMs: number): Variant {
  return {
    label,
    event: ({ nowMs }) => ({
      type: 'link.measured',
      atMs: nowMs,
      lastInboundAtMs: nowMs - quietMs,
      rttMs: null,
      isAudioFlowing: false,
      lateByMs: 0,
      bufferedChunks: 0,
      unit: 0.5,
    }),
  };
}

function lostBy(label: string, idIn: IdIn, failure: Failure): Variant {
  return ofSocket(label, idIn, (id, atMs) => ({
    type: 'socket.lost',
    id,
    atMs,
    bufferedChunks: 7,
    unit: 0.5,
    failure,
  }));
}

/** Only where there is such a socket. */
function ofSocket(
  label: string,
  idIn: IdIn,
  eventOf: (id: number, atMs: number) => ReturnType<Variant['event']>,
): Variant {
  return {
    label,
    event: ({ context, nowMs }) => {
      const id = idIn(context);
      return id === null || id === 0 ? null : eventOf(id, nowMs);
    },
  };
}
