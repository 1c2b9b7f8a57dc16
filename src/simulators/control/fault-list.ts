/** Lists of faults for several stand-ins, as a command line has them: `openai:expire@30s,*:slow-pongs:8s`. */
import { TenutoError } from '../../ports/errors.ts';
import { parseTime, quoted } from '../faults/units.ts';
import type { FaultRequest } from './on-demand.ts';
import { allParameters, findFault, readFaultRequest } from './table.ts';
import type { FaultRow, FaultTable } from './table.ts';

export const FAULT_LIST_GRAMMAR =
  'a list [simulator:]fault[@time][:value[/value]] such as openai:expire@30s,gemini:go-away@20s:5s,' +
  'deepgram:close-1011@10s:2x,whisper:http-429:3x/1s,*:slow-pongs:8s';

/** What the grammar leaves unsaid. */
export const FAULT_LIST_NOTES =
  'A time is in ms, s or m, and counts from where a socket is opened (elsewhere from the next socket or request); left out, ' +
  'a fault strikes at once. 2x means the next two. Values come in any order, and those left out are as shown. A fault that ' +
  'names no simulator, or *, is for each that knows it.';

/** One fault, and the stand-in that is to be asked for it. */
export interface ListedFault {
  readonly target: string;
  readonly request: FaultRequest;
}

type Tables = Readonly<Record<string, FaultTable<never>>>;

const MOST_FAULTS = 200;
const LATEST_AT_MS = 3_600_000;

/**
 * @param tables of the stand-ins that are started.
 * @throws TenutoError FAULT_PLAN_INVALID naming the bad part.
 */
export function parseFaultList(list: string, tables: Tables): readonly ListedFault[] {
  const parts = list.split(',').map((part) => part.trim());
  if (parts.length > MOST_FAULTS) {
    throw invalid(list, `is a list of ${parts.length} faults, and ${MOST_FAULTS} is the most`);
  }
  return parts.flatMap((part) => parsePart(part, tables));
}

/** The table for a terminal: how each fault is written, with what it takes if nothing else is said. */
export function faultListHelp(tables: Tables): string {
  const lines = Object.entries(tables).flatMap(([target, table]) => [
    `${target}:`,
    ...table.map((of) => `  ${written(of).padEnd(40)} ${of.what}`),
  ]);
  return lines.join('\n');
}

/** A fault as a list may have it, with every value in it that a list can say. */
export function written(of: FaultRow<never>): string {
  const entries = Object.entries(allParameters(of));
  const values = entries.flatMap(([name, parameter]) =>
    name === 'atMs' || name === of.inName || parameter.written === null ? [] : [parameter.written],
  );
  const named = of.inName === undefined ? '' : `-${of.parameters[of.inName]?.written ?? ''}`;
  return `${of.name}${named}${values.length === 0 ? '' : `:${values.join('/')}`}`;
}

function parsePart(part: string, tables: Tables): readonly ListedFault[] {
  if (part === '') throw invalid(part, 'is empty');
  const { target, fault } = splitTarget(part, tables);
  const [, name, time, values] = /^([^@:]+)(?:@([^@:]*))?(?::([^@:]*))?$/.exec(fault) ?? [];
  if (name === undefined) throw invalid(part, 'is not [simulator:]fault[@time][:value[/value]]');
  const knowing = Object.entries(tables).flatMap(([one, table]) => {
    const found = target === '*' || target === one ? findFault(table, name) : null;
    return found === null ? [] : [{ target: one, table, ...found }];
  });
  if (knowing.length === 0) {
    const who = target === '*' ? 'no simulator that is started' : target;
    throw invalid(part, `names a fault that ${who} ${target === '*' ? 'knows' : 'does not know'}`);
  }
  const atMs = timeIn(part, time);
  return knowing.map(({ target: one, table, of, named }) => {
    const isOfSockets = of.befalls === 'sockets';
    const given = valuesIn(part, of, Object.keys(named), values);
    const request = {
      fault: of.name,
      ...named,
      ...given,
      ...(atMs !== null || isOfSockets ? { atMs: atMs ?? 0 } : {}),
    };
    check(part, table, request);
    return { target: one, request };
  });
}

/** `slow-pongs:8s` begins with a fault, `gemini:slow-pongs:8s` with a stand-in. */
function splitTarget(part: string, tables: Tables) {
  const [, head, fault] = /^([^@:]*):(.*)$/.exec(part) ?? [];
  if (head === undefined || fault === undefined) return { target: '*', fault: part };
  const target = head.toLowerCase();
  if (target === '*' || Object.hasOwn(tables, target)) return { target, fault };
  const isFault = Object.values(tables).some((table) => findFault(table, head) !== null);
  if (isFault) return { target: '*', fault: part };
  const known = Object.keys(tables).join(', ');
  throw invalid(part, `names no simulator that is started: ${quoted(head)} (${known})`);
}

function timeIn(part: string, time: string | undefined): number | null {
  if (time === undefined) return null;
  const atMs = parseTime(time.toLowerCase());
  if (atMs === null) throw invalid(part, `has a time that cannot be read: ${quoted(time)}`);
  if (atMs > LATEST_AT_MS) throw invalid(part, 'has a time over an hour');
  return atMs;
}

/** Each value goes to the first parameter that can be written so. */
function valuesIn(
  part: string,
  of: FaultRow<never>,
  taken: readonly string[],
  values: string | undefined,
): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  if (values === undefined) return given;
  const open = Object.entries(allParameters(of)).filter(
    ([name, { written: way }]) => name !== 'atMs' && way !== null && !taken.includes(name),
  );
  for (const value of values.split('/')) {
    const at = open.findIndex(([, parameter]) => parameter.parse(value) !== undefined);
    const [found] = at < 0 ? [] : open.splice(at, 1);
    if (found === undefined) {
      throw invalid(part, `has a value that is not taken: ${quoted(value)} (${written(of)})`);
    }
    given[found[0]] = found[1].parse(value);
  }
  return given;
}

function check(part: string, table: FaultTable<never>, request: FaultRequest): void {
  try {
    readFaultRequest(table, request);
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    throw invalid(part, `has a value out of range: ${error.message} ${error.remediation}`);
  }
}

function invalid(part: string, complaint: string): TenutoError {
  return new TenutoError({
    code: 'FAULT_PLAN_INVALID',
    message: `The fault list's part ${quoted(part)} ${complaint.replace(/\.$/, '')}.`,
    remediation:
      'Write a fault such as gemini:go-away@20s:5s; `npx tenuto simulators --help` lists every one and how it is written.',
  });
}
