/** The faults of a stand-in, as one table: what the help, the endpoint, the documentation and the tests all read. */
import type { WebSocket } from 'ws';
import { invalid } from '../../ports/option-errors.ts';
import { quoted } from '../faults/units.ts';
import type { FaultDescription, FaultScope } from './on-demand.ts';
import { count, plain, timeMs } from './parameters.ts';
import type { FaultParameter } from './parameters.ts';

export type FaultParameters = Readonly<Record<string, FaultParameter>>;

export type ValuesOf<Parameters extends FaultParameters> = {
  readonly [Name in keyof Parameters]: Parameters[Name]['default'];
};

/** How a fault comes about. */
export interface Strike {
  /** The only socket that it befalls; null: all that stand. */
  readonly only: WebSocket | null;
  /** How often (`next`). */
  readonly times: number;
  /** To be called whenever something befell the next one (`next`). */
  readonly told: () => void;
}

export interface FaultRow<Target, Parameters extends FaultParameters = FaultParameters> {
  /** Such as `close`. */
  readonly name: string;
  readonly what: string;
  readonly befalls: FaultScope;
  readonly parameters: Parameters;
  /** A parameter that may stand behind the name: `close-1011`. */
  readonly inName?: keyof Parameters & string;
  /** What happened, in a few words for the terminal. */
  told(values: ValuesOf<Parameters>): string;
  /** @returns how many sockets it befell; of no matter elsewhere. */
  strike(target: Target, values: ValuesOf<Parameters>, how: Strike): number;
}

export type FaultTable<Target> = readonly FaultRow<Target>[];

/** The table knows each row without its parameters' types; the row itself is held to them. */
export function rowsOf<Target>() {
  return <const Parameters extends FaultParameters>(
    row: FaultRow<Target, Parameters>,
  ): FaultRow<Target> => row as unknown as FaultRow<Target>;
}

const AT_MS = timeMs(
  'so long after the next socket is opened (of `next` and `lasting`: after the next socket or request comes)',
  0,
);
const TIMES = count('how many of the next ones', 1);

/** Those that every fault of its scope takes besides its own. */
function commonParameters({ befalls }: Pick<FaultRow<never>, 'befalls'>): FaultParameters {
  return befalls === 'sockets' || befalls === 'next'
    ? { times: TIMES, atMs: AT_MS }
    : { atMs: AT_MS };
}

export function allParameters(of: FaultRow<never>): FaultParameters {
  return { ...of.parameters, ...commonParameters(of) };
}

export function describe(table: FaultTable<never>): readonly FaultDescription[] {
  return table.map((of) => ({
    fault: of.name,
    what: of.what,
    befalls: of.befalls,
    parameters: Object.entries(allParameters(of)).map(([name, parameter]) => ({
      name,
      what: parameter.what,
      takes: parameter.takes,
      default: name === 'atMs' ? null : parameter.default,
    })),
  }));
}

/** A fault's name as somebody wrote it: the row, and what its name says besides. */
export function findFault<Target>(
  table: FaultTable<Target>,
  written: string,
): { readonly of: FaultRow<Target>; readonly named: Readonly<Record<string, unknown>> } | null {
  const whole = table.find(({ name }) => plain(name) === plain(written));
  if (whole !== undefined) return { of: whole, named: {} };
  for (const of of table) {
    if (of.inName === undefined || !written.toLowerCase().startsWith(`${of.name}-`)) continue;
    const value = of.parameters[of.inName]?.parse(written.slice(of.name.length + 1));
    if (value !== undefined) return { of, named: { [of.inName]: value } };
  }
  return null;
}

/** A request that was read: whole, with its defaults. */
export interface AskedFault<Target> {
  readonly of: FaultRow<Target>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly times: number;
  /** Null: now. */
  readonly atMs: number | null;
}

/** @throws TenutoError OPTION_INVALID with what can be asked for instead. */
export function readFaultRequest<Target>(
  table: FaultTable<Target>,
  request: unknown,
): AskedFault<Target> {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw invalid('The request is no JSON object.', 'Send one such as {"fault":"close"}.');
  }
  const { fault, ...given } = request as Readonly<Record<string, unknown>>;
  const known = `Take one of: ${table.map(({ name }) => name).join(', ')}.`;
  if (typeof fault !== 'string') throw invalid('The request names no fault.', known);
  const found = findFault(table, fault);
  if (found === null) throw invalid(`There is no fault ${quoted(fault)} here.`, known);
  const { of, named } = found;
  const parameters = allParameters(of);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...named, ...given })) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      const names = `It takes: ${Object.keys(parameters).join(', ')}.`;
      throw invalid(`The fault "${of.name}" takes no ${quoted(name)}.`, names);
    }
    values[name] = parameter.read(value);
    if (values[name] === undefined) {
      const shown = quoted(typeof value === 'string' ? value : JSON.stringify(value));
      throw invalid(`"${name}" cannot be ${shown}.`, `Give ${parameter.takes}.`);
    }
  }
  const whole = Object.fromEntries(
    Object.entries(of.parameters).map(([name, own]) => [name, values[name] ?? own.default]),
  );
  const { times, atMs } = values as { readonly times?: number; readonly atMs?: number };
  // Told how many, or when, a fault of sockets waits for them.
  const isPlanned = atMs !== undefined || (of.befalls === 'sockets' && times !== undefined);
  return { of, values: whole, times: times ?? 1, atMs: isPlanned ? (atMs ?? 0) : null };
}
