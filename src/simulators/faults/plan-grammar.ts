/** How one fault is written: `[candidate:]kind[@time][:argument]`. */
import { TenutoError } from '../../ports/errors.ts';
import { faultsOf } from '../../ports/fault-names.ts';
import {
  argumentsOf,
  isFaultKind,
  isHalfOpenKind,
  type Fault,
  type FaultArgument,
  type FaultKind,
} from './kinds.ts';
import { formatTime, parseSuffixed, parseTime, parseWholeSeconds, quoted } from './units.ts';

export const FAULT_PLAN_GRAMMAR =
  'none, all, or a list [candidate:]kind[@time][:argument] such as ' +
  'reset@5s,half-open@20s:2s,refuse@1m10s:3s,delay@35s:2s/250ms,throttle@40s:2s/16000Bps,http-429@45s:2x/1s,' +
  'http-503@50s:3x,local:down@55s';

/** What the grammar leaves unsaid. */
export const FAULT_PLAN_NOTES =
  'Times are in ms, s or m of the recording. What is left out is drawn from the seed, but down is then for good. A fault ' +
  'that names no candidate hits the first. A session has words of its own for what comes of them (docs/failover.md, Rehearsals).';

/** A fault as written: what was left out is for chance to fill in. */
export interface WrittenFault {
  readonly kind: FaultKind;
  readonly target: string | null;
  readonly atMs: number | null;
  readonly given: Readonly<Partial<Record<FaultArgument, number>>>;
}

const HOUR_MS = 3_600_000;
const LATEST_AT_MS = 24 * HOUR_MS;

interface ArgumentRule {
  readonly name: string;
  readonly example: string;
  readonly parse: (text: string) => number | null;
  readonly format: (value: number) => string;
  readonly least: number;
  readonly most: number;
}

const ARGUMENT_RULES: Readonly<Record<FaultArgument, ArgumentRule>> = {
  durationMs: {
    name: 'duration',
    example: '2s',
    parse: parseTime,
    format: formatTime,
    least: 1,
    most: HOUR_MS,
  },
  latencyMs: {
    name: 'latency',
    example: '250ms',
    parse: parseTime,
    format: formatTime,
    least: 1,
    most: 60_000,
  },
  bytesPerSecond: {
    name: 'rate',
    example: '16000Bps',
    parse: (text) => parseSuffixed(text, 'bps'),
    format: (value) => `${value}Bps`,
    least: 1,
    most: 1_000_000_000,
  },
  count: {
    name: 'count',
    example: '3x',
    parse: (text) => parseSuffixed(text, 'x'),
    format: (value) => `${value}x`,
    least: 1,
    most: 100,
  },
  retryAfterS: {
    name: 'Retry-After in whole seconds',
    example: '1s',
    parse: parseWholeSeconds,
    format: (value) => `${value}s`,
    least: 0,
    most: 3_600,
  },
};

/**
 * @param targets the candidates that a fault can be aimed at.
 * @throws TenutoError FAULT_PLAN_INVALID naming the bad part.
 */
export function parseFault(text: string, targets: readonly string[]): WrittenFault {
  const { target, fault } = splitTarget(text, targets);
  const match = /^([^@:]*)(?:@([^@:]*))?(?::([^@:]*))?$/.exec(fault);
  const kind = match?.[1];
  if (kind === undefined) throw invalid(text, 'is not [candidate:]kind[@time][:argument]');
  if (kind === '') throw invalid(text, 'names no kind of fault');
  if (!isFaultKind(kind)) throw unknownKind(text, kind);

  const time = match?.[2];
  const atMs = time === undefined ? null : parseTime(time);
  if (time !== undefined && atMs === null) {
    throw invalid(text, `has a time that cannot be read: ${quoted(time)}`);
  }
  if (atMs !== null && atMs > LATEST_AT_MS) throw invalid(text, 'has a time over 24 hours');
  return { kind, target, atMs, given: parseArguments(text, kind, match?.[3]) };
}

/** `stall:2s` begins with a kind, `local:stall:2s` with a candidate. */
function splitTarget(text: string, targets: readonly string[]) {
  const [, head, fault] = /^([^@:]*):(.*)$/.exec(text) ?? [];
  const whole = { target: null, fault: text };
  if (head === undefined || fault === undefined || isFaultKind(head)) return whole;
  if (targets.includes(head)) return { target: head, fault };
  if (!isFaultKind(fault.replace(/[@:].*$/, ''))) return whole;
  const known = targets.length === 0 ? 'none can be named here' : targets.join(', ');
  throw invalid(text, `names no candidate that is known: ${quoted(head)} (${known})`);
}

export function formatFault(fault: Fault): string {
  const values = argumentsOf(fault.kind).flatMap((name) => {
    const value = fault[name];
    return value === undefined ? [] : [ARGUMENT_RULES[name].format(value)];
  });
  const argument = values.length === 0 ? '' : `:${values.join('/')}`;
  const target = fault.target === undefined ? '' : `${fault.target}:`;
  return `${target}${fault.kind}@${formatTime(fault.atMs)}${argument}`;
}

export function invalid(part: string, complaint: string): TenutoError {
  return new TenutoError({
    code: 'FAULT_PLAN_INVALID',
    message: `The fault plan's part ${quoted(part)} ${complaint}.`,
    remediation:
      'Write a fault such as half-open@20s:2s; `npx tenuto transcribe --help` lists every kind and how it is written.',
  });
}

function unknownKind(text: string, kind: string): TenutoError {
  const faults = faultsOf(kind);
  const perhaps = faults.length === 0 ? '' : ` (a session's word: here ${faults.join(', ')})`;
  return invalid(text, `names no kind of fault that is known: ${quoted(kind)}${perhaps}`);
}

function parseArguments(text: string, kind: FaultKind, argument: string | undefined) {
  const given: Partial<Record<FaultArgument, number>> = {};
  if (argument === undefined) return given;
  const names = argumentsOf(kind);
  const values = argument.split('/');
  if (names.length === 0) throw invalid(text, `has an argument, and ${kind} takes none`);
  if (values.length > names.length) {
    throw invalid(text, `has ${values.length} arguments, and ${kind} takes ${names.length}`);
  }
  names.slice(0, values.length).forEach((name, index) => {
    given[name] = parseArgument(text, kind, name, values[index] ?? '');
  });
  return given;
}

function parseArgument(text: string, kind: FaultKind, name: FaultArgument, value: string): number {
  const rule = ARGUMENT_RULES[name];
  const parsed = rule.parse(value);
  if (parsed === null) {
    throw invalid(
      text,
      `needs a ${rule.name} such as ${rule.example} in place of ${quoted(value)}`,
    );
  }
  // A half-open connection is a fault in itself: new ones need not be silent for any time.
  const least = name === 'durationMs' && isHalfOpenKind(kind) ? 0 : rule.least;
  if (parsed < least || parsed > rule.most) {
    const range = `${rule.format(least)} to ${rule.format(rule.most)}`;
    throw invalid(text, `has a ${rule.name} outside ${range}: ${quoted(value)}`);
  }
  return parsed;
}
