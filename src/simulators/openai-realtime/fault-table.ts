/** What the stand-in can be asked for by name: over its endpoint, in a list of the command line, by `ask`. */
import type { WebSocket } from 'ws';
import { closeAs, oneOf, optionalTimeMs, statusOf, text, timeMs } from '../control/parameters.ts';
import type { CloseValue } from '../control/parameters.ts';
import { SLOW_PONGS } from '../control/pongs.ts';
import type { PongPace } from '../control/pongs.ts';
import { retryAfterHeader } from '../control/retry-after.ts';
import { rowsOf } from '../control/table.ts';
import type { FaultTable } from '../control/table.ts';
import { unknownFields } from '../control/unknown-fields.ts';
import type { CountedFault, Faults } from './faults.ts';
import { ENDINGS } from './frames.ts';
import type { Ending, EndingName } from './frames.ts';

/** What the rows work on: the running server. */
export interface OpenAiFaultTarget {
  readonly pongs: PongPace;
  /** What waits for the next one, and what lasts. */
  readonly lasting: Faults;
  /** @param only one socket; null: all that stand. @returns how many it were. */
  endThose(how: Ending | 'reset', only: WebSocket | null): number;
}

const ENDING_NAMES = Object.keys(ENDINGS) as readonly EndingName[];
const row = rowsOf<OpenAiFaultTarget>();

const endingOf = (as: CloseValue<EndingName>, reason: string): Ending =>
  typeof as === 'number' ? { close: { code: as, reason } } : ENDINGS[as];

const OF_SOCKETS: FaultTable<OpenAiFaultTarget> = [
  row({
    name: 'expire',
    what: 'the session is over, as after its 60 minutes',
    befalls: 'sockets',
    parameters: { by: oneOf('what tells it', ['both', 'event', 'close']) },
    told: () => 'session expired',
    strike: (target, { by }, { only }) => {
      const ending = { event: 'expiredByEvent', close: 'expiredByClose', both: 'expired' } as const;
      return target.endThose(ENDINGS[ending[by]], only);
    },
  }),
  row({
    name: 'close',
    what: 'the session ends as such sessions were seen to end (an error event, a close, or both), or with any code',
    befalls: 'sockets',
    inName: 'as',
    parameters: {
      as: closeAs(ENDING_NAMES, 'serverError'),
      reason: text('the reason of a code', ''),
    },
    told: ({ as }) => `closed with ${as}`,
    strike: (target, { as, reason }, { only }) => target.endThose(endingOf(as, reason), only),
  }),
  row({
    name: 'cut',
    what: 'the socket is gone without a close frame (1006)',
    befalls: 'sockets',
    parameters: {},
    told: () => 'cut',
    strike: (target, _values, { only }) => target.endThose('reset', only),
  }),
];

/** A row for a fault that has no parameters. */
function simple(
  name: string,
  kind: 'refuseUpdate' | 'refuseItem' | 'failTranscription',
  what: string,
  happened: string,
) {
  return row({
    name,
    what,
    befalls: 'next',
    parameters: {},
    told: () => happened,
    strike: ({ lasting }, _values, { times, told }) => planned(lasting, { kind, times }, told),
  });
}

const OF_THE_NEXT: FaultTable<OpenAiFaultTarget> = [
  row({
    name: 'http',
    what: 'the next upgrades are refused over HTTP',
    befalls: 'next',
    inName: 'status',
    parameters: {
      status: statusOf([400, 401, 403, 404, 429, 500, 502, 503], 503),
      retryAfterMs: optionalTimeMs('told in `retry-after`, in whole seconds; null: not told'),
    },
    told: ({ status }) => `refused with ${status}`,
    strike: ({ lasting }, { status, retryAfterMs }, { times, told }) => {
      const error = { message: `Refused with ${status}.`, type: 'server_error', code: null };
      const headers = retryAfterHeader(retryAfterMs);
      const answer = { status, headers, body: JSON.stringify({ error }) };
      return planned(lasting, { kind: 'refuse', answer, times }, told);
    },
  }),
  row({
    name: 'reject',
    what: 'the next sockets open, and are ended before anything else is said',
    befalls: 'next',
    inName: 'as',
    parameters: { as: oneOf('how', ['quota', ...ENDING_NAMES.filter((name) => name !== 'quota')]) },
    told: ({ as }) => `ended a new socket with ${as}`,
    strike: ({ lasting }, { as }, { times, told }) =>
      planned(lasting, { kind: 'reject', how: as, times }, told),
  }),
  row({
    name: 'fail-reply',
    what: 'the next replies fail: by the limit of tokens with its hint, for the quota, or by the server',
    befalls: 'next',
    parameters: {
      code: oneOf('why', ['rate_limit_exceeded', 'insufficient_quota', 'server_error']),
      retryAfterMs: timeMs('the hint of the limit', 4_782),
    },
    told: ({ code }) => `failed a reply by ${code}`,
    strike: ({ lasting }, { code, retryAfterMs }, { times, told }) =>
      planned(lasting, { kind: 'failReply', code, retryAfterMs, times }, told),
  }),
  simple(
    'refuse-update',
    'refuseUpdate',
    'the next `session.update`s are rejected',
    'rejected an update',
  ),
  simple(
    'refuse-item',
    'refuseItem',
    'the next `conversation.item.create`s are rejected',
    'rejected an item',
  ),
  simple(
    'fail-transcription',
    'failTranscription',
    'the next transcriptions fail',
    'failed a transcription',
  ),
];

export const OPENAI_FAULTS: FaultTable<OpenAiFaultTarget> = [
  ...OF_SOCKETS,
  ...OF_THE_NEXT,
  row({
    name: 'late-transcription',
    what: 'transcriptions are told late; 0 ends it',
    befalls: 'lasting',
    parameters: { delayMs: timeMs('how late', 3_000) },
    told: ({ delayMs }) => `transcriptions come ${delayMs} ms late`,
    strike: ({ lasting }, { delayMs }) => {
      lasting.lateTranscriptionMs = delayMs;
      return 0;
    },
  }),
  unknownFields<OpenAiFaultTarget>({
    what: 'fields and events that nobody knows',
    among: 'events',
    set: ({ lasting }, ratio) => {
      lasting.oddityRatio = ratio;
    },
  }),
  SLOW_PONGS,
];

function planned(faults: Faults, fault: CountedFault, told: () => void): number {
  faults.add(fault, told);
  return 0;
}
