/** What the stand-in can be asked for by name: over its endpoint, in a list of the command line, by `ask`. */
import type { WebSocket } from 'ws';
import {
  closeAs,
  count,
  oneOf,
  optionalTimeMs,
  ratio,
  statusOf,
  text,
  timeMs,
} from '../control/parameters.ts';
import { retryAfterHeader } from '../control/retry-after.ts';
import { SLOW_PONGS } from '../control/pongs.ts';
import type { PongPace } from '../control/pongs.ts';
import { rowsOf } from '../control/table.ts';
import type { FaultTable } from '../control/table.ts';
import { unknownFields } from '../control/unknown-fields.ts';
import { DOCUMENTED_CLOSES, DOCUMENTED_REFUSALS } from './faults.ts';
import type {
  DeepgramFault,
  DeepgramServiceName,
  DocumentedClose,
  DocumentedRefusal,
} from './faults.ts';
import { NEW_TYPE } from './oddities.ts';
import type { Refusal } from './refusal.ts';

/** What the rows work on: the running server. */
export interface DeepgramFaultTarget {
  readonly pongs: PongPace;
  /** From now on, on every socket. */
  readonly oddities: { ratio: number };
  readonly hearing: { finalizeDelayMs: number; waveringRatio: number };
  /** @param only one socket; null: all of the service's. @returns how many it were. */
  provoke(fault: DeepgramFault, on?: DeepgramServiceName, only?: WebSocket | null): number;
  refuseNext(refusal: Refusal, times: number, told: () => void): void;
}

const CLOSE_NAMES = Object.keys(DOCUMENTED_CLOSES) as readonly DocumentedClose[];
const ON = oneOf('the sockets of which service', ['any', 'listen', 'flux', 'speak']);
const UNKNOWN_FRAME = JSON.stringify({ type: NEW_TYPE, payload: { depth: 1 } });
const row = rowsOf<DeepgramFaultTarget>();

const serviceOf = (on: 'any' | DeepgramServiceName): DeepgramServiceName | undefined =>
  on === 'any' ? undefined : on;

const OF_SOCKETS: FaultTable<DeepgramFaultTarget> = [
  row({
    name: 'close',
    what: 'the socket is closed as the documentation has it, or with any code',
    befalls: 'sockets',
    inName: 'as',
    parameters: {
      as: closeAs(CLOSE_NAMES, 'NET-0000'),
      reason: text('the reason of a code', ''),
      on: ON,
    },
    told: ({ as }) => `closed with ${as}`,
    strike: (target, { as, reason, on }, { only }) => {
      const close = typeof as === 'number' ? { code: as, reason } : as;
      return target.provoke({ kind: 'close', as: close }, serviceOf(on), only);
    },
  }),
  row({
    name: 'cut',
    what: 'the socket is gone without a close frame (1006)',
    befalls: 'sockets',
    parameters: { on: ON },
    told: () => 'cut',
    strike: (target, { on }, { only }) => target.provoke({ kind: 'cut' }, serviceOf(on), only),
  }),
  row({
    name: 'error',
    what: 'Flux sends an `Error`, and closes (1011 for INTERNAL_SERVER_ERROR, 1008 for others)',
    befalls: 'sockets',
    parameters: {
      code: oneOf('its code', ['INTERNAL_SERVER_ERROR', 'UNPARSABLE_CLIENT_MESSAGE']),
      description: text('its words', 'An unexpected error occurred.'),
    },
    told: ({ code }) => `said ${code} and closed`,
    strike: (target, { code, description }, { only }) =>
      target.provoke({ kind: 'error', code, description }, 'flux', only),
  }),
  row({
    name: 'say',
    what: 'sends a text frame as it is: by default a message of a type that nobody knows',
    befalls: 'sockets',
    parameters: { frame: text('the frame', UNKNOWN_FRAME), on: ON },
    told: () => 'sent a frame that was asked for',
    strike: (target, { frame, on }, { only }) =>
      target.provoke({ kind: 'say', frame }, serviceOf(on), only),
  }),
  row({
    name: 'lose-messages',
    what: 'Flux loses messages on the way: the later ones are numbered as if they had come',
    befalls: 'sockets',
    parameters: { count: count('how many', 2) },
    told: (values) => `lost ${values.count} messages`,
    strike: (target, values, { only }) =>
      target.provoke({ kind: 'loseMessages', count: values.count }, 'flux', only),
  }),
];

const STATUSES = Object.keys(DOCUMENTED_REFUSALS).map(Number);

export const DEEPGRAM_FAULTS: FaultTable<DeepgramFaultTarget> = [
  ...OF_SOCKETS,
  row({
    name: 'http',
    what: 'the next upgrades, or texts over HTTP, are refused, though their credential is right',
    befalls: 'next',
    inName: 'status',
    parameters: {
      status: statusOf(STATUSES, 503),
      retryAfterMs: optionalTimeMs('told in `retry-after`, in whole seconds; null: not told'),
    },
    told: ({ status }) => `refused with ${status}`,
    strike: (target, { status, retryAfterMs }, { times, told }) => {
      const refusal = DOCUMENTED_REFUSALS[status as DocumentedRefusal];
      target.refuseNext({ ...refusal, headers: retryAfterHeader(retryAfterMs) }, times, told);
      return 0;
    },
  }),
  row({
    name: 'late-finalize',
    what: '`Finalize` is answered late (listen); 0 ends it',
    befalls: 'lasting',
    parameters: { delayMs: timeMs('how late', 3_000) },
    told: ({ delayMs }) => `Finalize is answered ${delayMs} ms late`,
    strike: (target, { delayMs }) => {
      target.hearing.finalizeDelayMs = delayMs;
      return target.provoke({ kind: 'lateFinalize', delayMs }, 'listen');
    },
  }),
  row({
    name: 'shrinking-interims',
    what: 'interims lose words, or begin with another one, at random; finals stay as they are; 0 ends it',
    befalls: 'lasting',
    parameters: { ratio: ratio('of all interims, how many', 0.5) },
    told: (values) => `${values.ratio * 100}% of the interims shrink`,
    strike: ({ hearing }, values) => {
      hearing.waveringRatio = values.ratio;
      return 0;
    },
  }),
  unknownFields<DeepgramFaultTarget>({
    what: 'fields, and messages of types, that nobody knows',
    among: 'messages',
    set: ({ oddities }, ratio) => {
      oddities.ratio = ratio;
    },
  }),
  SLOW_PONGS,
];
