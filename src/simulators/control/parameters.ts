/** What a fault takes: how each value comes in as JSON, how it is written in a list, and what it may be. */
import { formatTime, parseSuffixed, parseTime } from '../faults/units.ts';

export interface FaultParameter<Value = unknown> {
  readonly what: string;
  /** Such as `1 to 3600000 ms`. */
  readonly takes: string;
  /** As in a list of the command line, such as `5s`; null where it cannot be written there. */
  readonly written: string | null;
  readonly default: Value;
  /** Undefined where this is no such value. */
  readonly read: (value: unknown) => Value | undefined;
  /** What a list says, as the JSON value that it means; undefined where this is no such value. */
  readonly parse: (text: string) => unknown;
}

/** A code, or the name of a close. */
export type CloseValue<Name extends string> = Name | number;

const HOUR_MS = 3_600_000;
const MOST_TIMES = 1_000;
const MOST_CHARACTERS = 2_000;

/** Milliseconds. */
export function timeMs(what: string, byDefault: number): FaultParameter<number> {
  return {
    ...range(what, { most: HOUR_MS, unit: 'ms', default: byDefault }),
    written: formatTime(byDefault),
    parse: (text) => parseTime(text) ?? undefined,
  };
}

/** Milliseconds, or null: there are none. */
export function optionalTimeMs(what: string): FaultParameter<number | null> {
  return { ...timeMs(what, 0), written: '1s', default: null };
}

export function count(what: string, byDefault: number): FaultParameter<number> {
  return {
    ...range(what, { least: 1, most: MOST_TIMES, unit: '', default: byDefault }),
    written: `${byDefault}x`,
    parse: (text) => parseSuffixed(text, 'x') ?? undefined,
  };
}

/** 0 to 1; a list says 50%. */
export function ratio(what: string, byDefault: number): FaultParameter<number> {
  return {
    what,
    takes: '0 to 1',
    written: `${byDefault * 100}%`,
    default: byDefault,
    read: (value) => (typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined),
    parse: (text) => {
      const percent = parseSuffixed(text, '%');
      return percent === null ? undefined : percent / 100;
    },
  };
}

/** One of these words, however it is written: `not-found`, `notFound` and `NOT_FOUND` are the same. */
export function oneOf<const Choice extends string>(
  what: string,
  choices: readonly [Choice, ...Choice[]],
): FaultParameter<Choice> {
  const find = (value: unknown): Choice | undefined =>
    typeof value === 'string'
      ? choices.find((choice) => plain(choice) === plain(value))
      : undefined;
  return {
    what,
    takes: choices.join(', '),
    written: choices[0],
    default: choices[0],
    read: find,
    parse: find,
  };
}

export function onOrOff(what: string): FaultParameter<'on' | 'off'> {
  return oneOf(what, ['on', 'off']);
}

/** An HTTP status; a list says it in the fault's name: `http-429`. */
export function statusOf(statuses: readonly number[], byDefault: number): FaultParameter<number> {
  const read = (value: unknown): number | undefined =>
    statuses.find((status) => String(status) === String(value));
  return {
    what: 'the status',
    takes: statuses.join(', '),
    written: String(byDefault),
    default: byDefault,
    read,
    parse: read,
  };
}

/** A close by its name, or any code that a close frame may have. */
export function closeAs<Name extends string>(
  names: readonly Name[],
  byDefault: Name,
): FaultParameter<CloseValue<Name>> {
  const read = (value: unknown): CloseValue<Name> | undefined => {
    const named =
      typeof value === 'string' ? names.find((name) => plain(name) === plain(value)) : undefined;
    if (named !== undefined) return named;
    const code = typeof value === 'string' && /^\d{4}$/.test(value) ? Number(value) : value;
    return isCloseCode(code) ? code : undefined;
  };
  return {
    what: 'how it ends: a name, or the code of a close without a reason (1005: without a code)',
    takes: `${names.join(', ')}; 1000 to 1003, 1005, 1007 to 1014, 3000 to 4999`,
    written: byDefault,
    default: byDefault,
    read,
    parse: read,
  };
}

/** For the endpoint only: a list has no way to write it. */
export function text(what: string, byDefault: string): FaultParameter<string> {
  return {
    what,
    takes: `text, at most ${MOST_CHARACTERS} characters`,
    written: null,
    default: byDefault,
    read: (value) =>
      typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : undefined,
    parse: () => undefined,
  };
}

/** Names are compared without regard to case and to how their words are joined. */
export function plain(name: string): string {
  return name.replaceAll(/[-_\s]/g, '').toLowerCase();
}

function range(
  what: string,
  options: { least?: number; most: number; unit: string; default: number },
) {
  const { least = 0, most, unit } = options;
  return {
    what,
    takes: `${least} to ${most}${unit === '' ? '' : ` ${unit}`}`,
    default: options.default,
    read: (value: unknown): number | undefined => {
      const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
      return isWhole && value >= least && value <= most ? value : undefined;
    },
  };
}

/** Those that may be sent (RFC 6455, section 7.4), and 1005, which stands for none. */
function isCloseCode(code: unknown): code is number {
  if (typeof code !== 'number' || !Number.isInteger(code)) return false;
  if (code >= 3_000 && code <= 4_999) return true;
  return code >= 1_000 && code <= 1_014 && code !== 1_004 && code !== 1_006;
}
