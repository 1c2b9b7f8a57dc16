/** What the stand-in can be asked for by name: over its endpoint, in a list of the command line, by `ask`. */
import type { WebSocket } from 'ws';
import {
  closeAs,
  count,
  oneOf,
  onOrOff,
  optionalTimeMs,
  statusOf,
  text,
  timeMs,
} from '../control/parameters.ts';
import type { CloseValue } from '../control/parameters.ts';
import { SLOW_PONGS } from '../control/pongs.ts';
import type { PongPace } from '../control/pongs.ts';
import { rowsOf } from '../control/table.ts';
import type { FaultTable } from '../control/table.ts';
import { unknownFields } from '../control/unknown-fields.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import type { CloseLike, GeminiFaults } from './faults.ts';
import type { Planned } from './planned.ts';
import {
  LIVE_CLOSES,
  NOT_FOUND,
  UNAVAILABLE,
  httpError,
  quotaExceeded,
  refusedKey,
} from './wire.ts';
import type { LiveCloseName } from './wire.ts';

/** What can change while the server runs. */
export type LastingFaults = Omit<GeminiFaults, keyof Changing> & Changing;

interface Changing {
  sendsBytes: boolean;
  mergesMembers: boolean;
  isSilentAfterGoAway: boolean;
  noiseRatio: number;
}

/** What the rows work on: the running server. `only`: one socket; null: all. Each returns how many it were. */
export interface GeminiFaultTarget {
  readonly pongs: PongPace;
  readonly lasting: LastingFaults;
  readonly planned: Planned;
  goAway(timeLeft: string | null, endsInMs: number, only: WebSocket | null): number;
  closeAll(close: CloseLike, only: WebSocket | null): number;
  cutAll(only: WebSocket | null): number;
  forgetHandles(): void;
  spendQuota(isSpent: boolean): void;
}

const CLOSE_NAMES = Object.keys(LIVE_CLOSES) as readonly LiveCloseName[];
const row = rowsOf<GeminiFaultTarget>();

const closeLike = (as: CloseValue<LiveCloseName>, reason: string): CloseLike =>
  typeof as === 'number' ? { code: as, reason } : as;

const OF_SOCKETS: FaultTable<GeminiFaultTarget> = [
  row({
    name: 'go-away',
    what: '`goAway` comes, and after its time the socket is closed with 1008',
    befalls: 'sockets',
    parameters: {
      leadMs: timeMs('how long it still stands', 50_000),
      timeLeft: oneOf('whether `goAway` tells that time', ['told', 'untold']),
    },
    told: ({ leadMs }) => `told to go within ${leadMs} ms`,
    strike: (target, { leadMs, timeLeft }, { only }) =>
      target.goAway(timeLeft === 'told' ? `${leadMs / 1_000}s` : null, leadMs, only),
  }),
  row({
    name: 'close',
    what: 'the socket is closed as the service was seen to close, or with any code',
    befalls: 'sockets',
    inName: 'as',
    parameters: { as: closeAs(CLOSE_NAMES, 'internal'), reason: text('the reason of a code', '') },
    told: ({ as }) => `closed with ${as}`,
    strike: (target, { as, reason }, { only }) => target.closeAll(closeLike(as, reason), only),
  }),
  row({
    name: 'cut',
    what: 'the socket is gone without a close frame (1006)',
    befalls: 'sockets',
    parameters: {},
    told: () => 'cut',
    strike: (target, _values, { only }) => target.cutAll(only),
  }),
];

const OF_THE_NEXT: FaultTable<GeminiFaultTarget> = [
  row({
    name: 'http',
    what: 'the next upgrades (live) or requests (content) are refused as Google refuses',
    befalls: 'next',
    inName: 'status',
    parameters: {
      status: statusOf([400, 401, 403, 404, 429, 500, 503], 503),
      retryAfterMs: optionalTimeMs('the `retryDelay` of a 429; null: 28,000'),
      on: oneOf('which of them', ['any', 'live', 'content']),
    },
    told: ({ status }) => `refused with ${status}`,
    strike: (target, { status, retryAfterMs, on }, { times, told }) => {
      const refusal = refusalOf(status, retryAfterMs);
      for (let at = 0; at < times; at += 1) target.planned.refuse(refusal, on, told);
      return 0;
    },
  }),
  row({
    name: 'refuse-setup',
    what: 'the next setups are answered with a close instead of `setupComplete`',
    befalls: 'next',
    inName: 'as',
    parameters: { as: closeAs(CLOSE_NAMES, 'internal'), reason: text('the reason of a code', '') },
    told: ({ as }) => `closed a setup with ${as}`,
    strike: (target, { as, reason }, { times, told }) => {
      for (let at = 0; at < times; at += 1) target.planned.closeSetup(closeLike(as, reason), told);
      return 0;
    },
  }),
  row({
    name: 'break-off',
    what: 'the next answers that are streamed over HTTP end in their middle',
    befalls: 'next',
    parameters: { pieces: count('of so many pieces, two words each', 1) },
    told: ({ pieces }) => `broke off after ${pieces} pieces`,
    strike: (target, { pieces }, { times, told }) => {
      for (let at = 0; at < times; at += 1) target.planned.breakOff(pieces, told);
      return 0;
    },
  }),
];

const LASTING: FaultTable<GeminiFaultTarget> = [
  row({
    name: 'quota-after-setup',
    what: 'sessions are opened, and closed for their quota 0.8 s after `setupComplete`; running ones after their next frame',
    befalls: 'lasting',
    parameters: { spent: onOrOff('whether the quota is spent') },
    told: ({ spent }) => (spent === 'on' ? 'its quota is spent' : 'it has quota again'),
    strike: (target, { spent }) => {
      target.spendQuota(spent === 'on');
      return 0;
    },
  }),
  row({
    name: 'forget-handles',
    what: 'no handle is known any more: who resumes is closed with 1008',
    befalls: 'once',
    parameters: {},
    told: () => 'forgot every handle',
    strike: (target) => {
      target.forgetHandles();
      return 0;
    },
  }),
  row({
    name: 'silence-after-go-away',
    what: 'after `goAway` nothing more is said',
    befalls: 'lasting',
    parameters: { silent: onOrOff('whether it is') },
    told: ({ silent }) => `silence after goAway is ${silent}`,
    strike: ({ lasting }, { silent }) => {
      lasting.isSilentAfterGoAway = silent === 'on';
      return 0;
    },
  }),
  row({
    name: 'binary-frames',
    what: 'JSON comes in binary frames',
    befalls: 'lasting',
    parameters: { binary: onOrOff('whether it does') },
    told: ({ binary }) => `binary frames are ${binary}`,
    strike: ({ lasting }, { binary }) => {
      lasting.sendsBytes = binary === 'on';
      return 0;
    },
  }),
  row({
    name: 'merged-members',
    what: 'several members, or fields, come in one frame, from the next answer on',
    befalls: 'lasting',
    parameters: { merged: onOrOff('whether they do') },
    told: ({ merged }) => `merged members are ${merged}`,
    strike: ({ lasting }, { merged }) => {
      lasting.mergesMembers = merged === 'on';
      return 0;
    },
  }),
  unknownFields<GeminiFaultTarget>({
    what: 'fields and members that nobody knows, and empty ones',
    among: 'frames',
    set: ({ lasting }, ratio) => {
      lasting.noiseRatio = ratio;
    },
  }),
  SLOW_PONGS,
];

export const GEMINI_FAULTS: FaultTable<GeminiFaultTarget> = [
  ...OF_SOCKETS,
  ...OF_THE_NEXT,
  ...LASTING,
];

function refusalOf(status: number, retryAfterMs: number | null): HttpAnswer {
  switch (status) {
    case 400:
      return refusedKey('wrong');
    case 401:
      return refusedKey('AQ.wrong');
    case 403:
      return refusedKey(null);
    case 404:
      return NOT_FOUND;
    case 429:
      return retryAfterMs === null ? quotaExceeded() : quotaExceeded(`${retryAfterMs / 1_000}s`);
    case 503:
      return UNAVAILABLE;
    default:
      return httpError({ status, name: 'INTERNAL', message: 'An internal error has occurred.' });
  }
}
