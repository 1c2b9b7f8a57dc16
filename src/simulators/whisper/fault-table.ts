/** What the stand-in can be asked for by name: over its endpoint, in a list of the command line, by `ask`. */
import { optionalTimeMs, statusOf, text, timeMs } from '../control/parameters.ts';
import { rowsOf } from '../control/table.ts';
import type { FaultTable } from '../control/table.ts';
import { unknownFields } from '../control/unknown-fields.ts';
import type { WhisperFault } from './faults.ts';

/** What the rows work on: the running server. */
export interface WhisperFaultTarget {
  oddityRatio: number;
  /** What becomes of the next transcription that nothing is planned for yet. */
  plan(fault: WhisperFault, told: () => void): void;
}

const row = rowsOf<WhisperFaultTarget>();

/** A row for a fault that has no parameters. */
function simple(
  name: string,
  kind: 'insufficientQuota' | 'loading' | 'hang' | 'cut' | 'cutBody' | 'unreadable',
  what: string,
  happened: string,
) {
  return row({
    name,
    what,
    befalls: 'next',
    parameters: {},
    told: () => happened,
    strike: (target, _values, { times, told }) => {
      for (let at = 0; at < times; at += 1) target.plan({ kind }, told);
      return 0;
    },
  });
}

export const WHISPER_FAULTS: FaultTable<WhisperFaultTarget> = [
  row({
    name: 'http',
    what: 'the next transcriptions are refused, though their key is right',
    befalls: 'next',
    inName: 'status',
    parameters: {
      status: statusOf([400, 401, 413, 429, 500, 502, 503, 504], 503),
      retryAfterMs: optionalTimeMs('of a 429; null: only the rate-limit headers say when'),
    },
    told: ({ status }) => `refused with ${status}`,
    strike: (target, { status, retryAfterMs }, { times, told }) => {
      const fault = faultOf(status, retryAfterMs);
      for (let at = 0; at < times; at += 1) target.plan(fault, told);
      return 0;
    },
  }),
  simple(
    'insufficient-quota',
    'insufficientQuota',
    'the next transcriptions are refused with a 429 that does not pass',
    'refused for its quota',
  ),
  simple(
    'loading',
    'loading',
    'the next transcriptions are refused with 503, as by a whisper.cpp that loads its model',
    'still loading',
  ),
  row({
    name: 'slow',
    what: 'the next transcriptions are answered late',
    befalls: 'next',
    parameters: { delayMs: timeMs('how late', 3_000) },
    told: ({ delayMs }) => `answers ${delayMs} ms late`,
    strike: (target, { delayMs }, { times, told }) => {
      for (let at = 0; at < times; at += 1) target.plan({ kind: 'slow', ms: delayMs }, told);
      return 0;
    },
  }),
  simple('hang', 'hang', 'the next transcriptions are never answered', 'never answers'),
  simple(
    'cut',
    'cut',
    'the connection breaks once the work is done: the answer is lost',
    'cut before the answer',
  ),
  simple('cut-body', 'cutBody', 'the connection breaks in mid-answer', 'cut in mid-answer'),
  simple(
    'unreadable',
    'unreadable',
    'the answer is a page, with status 200: somebody else gave it',
    'answered with a page',
  ),
  row({
    name: 'hallucination',
    what: 'the next transcriptions have words that nobody said, with little speech probability',
    befalls: 'next',
    parameters: { text: text('the words', 'Thank you for watching!') },
    told: () => 'made something up',
    strike: (target, values, { times, told }) => {
      for (let at = 0; at < times; at += 1) {
        target.plan({ kind: 'hallucination', text: values.text }, told);
      }
      return 0;
    },
  }),
  unknownFields<WhisperFaultTarget>({
    what: 'fields that nobody knows in JSON answers',
    among: 'answers',
    set: (target, ratio) => {
      target.oddityRatio = ratio;
    },
  }),
];

function faultOf(status: number, retryAfterMs: number | null): WhisperFault {
  switch (status) {
    case 400:
      return { kind: 'badRequest' };
    case 401:
      return { kind: 'wrongKey' };
    case 413:
      return { kind: 'tooLarge' };
    case 429:
      return retryAfterMs === null
        ? { kind: 'rateLimited' }
        : { kind: 'rateLimited', retryAfterMs };
    default:
      return { kind: 'serverError', status };
  }
}
