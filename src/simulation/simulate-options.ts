/** What `simulate` was given, checked at the door: a slip in it would otherwise be told of by something inside, or by nobody. */
import { EVERY_NEMESIS } from './nemeses/index.ts';
import type { SimulateOptions, SimulatedClient } from './simulate.types.ts';
import type { Fault } from './simulation.types.ts';
import type { App } from '../gateway/app.ts';
import { TenutoError } from '../ports/errors.ts';
import { checkName, checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';

export const HOUSES = 3;
const MOST_HOUSES = 16;
const MOST_CLIENTS = 64;
const LONGEST_MS = 3_600_000;
const LAST_SEED = 0xffffffff;

const OPTIONS: Readonly<Record<keyof SimulateOptions, true>> = {
  seed: true,
  clients: true,
  apps: true,
  faults: true,
  lengthMs: true,
  gateways: true,
  isTraced: true,
};
const FAULT: Readonly<Record<keyof Fault, true>> = {
  kind: true,
  atMs: true,
  forMs: true,
  on: true,
  much: true,
};

/** @throws TenutoError OPTION_INVALID. */
export function checkSimulateOptions(options: SimulateOptions): void {
  const given: unknown = options;
  if (!isObject(given)) {
    throw invalid('simulate was given no options.', 'Give at least { seed, clients }.');
  }
  checkOptions('simulate', given, OPTIONS);
  const { seed, lengthMs, gateways = HOUSES, apps, isTraced } = options;
  checkWhole('seed', seed, 0, LAST_SEED);
  checkClients(options.clients);
  checkWhole('gateways', gateways, 1, MOST_HOUSES);
  if (lengthMs !== undefined) checkSpan('lengthMs', lengthMs, 1);
  checkKind('apps', apps, 'function', 'Give a function that returns the apps by their names.');
  checkKind('isTraced', isTraced, 'boolean', 'Give true or false.');
  checkFaults(options.faults, { clients: options.clients.length, gateways });
}

/** @throws TenutoError OPTION_INVALID. */
export function checkSpan(name: string, ms: number, leastMs: number): void {
  const isFine = ms >= leastMs && ms <= LONGEST_MS;
  checkNumber(name, ms, isFine, `from ${leastMs} to ${LONGEST_MS}`);
}

/** @throws TenutoError OPTION_INVALID. */
export function checkFunction(name: string, value: unknown): void {
  checkKind(name, value ?? null, 'function', 'Give a function.');
}

/** Where all is well from then on: what would strike later never does. @throws TenutoError OPTION_INVALID. */
export function checkTimes(faults: readonly Fault[], lengthMs: number): void {
  const at = faults.findIndex(({ atMs }) => atMs > lengthMs);
  if (at < 0) return;
  throw invalid(
    `faults[${at}] would strike at ${faults[at]?.atMs ?? 0} ms, and all is well after ${lengthMs} ms.`,
    'Let it strike earlier, or give a longer lengthMs.',
  );
}

/** @throws TenutoError OPTION_INVALID. */
export function checkedClient(name: string, make: () => unknown): SimulatedClient {
  const client = called(`the function of ${name}`, make);
  const remediation = 'Let its function return { finish() { … } }, and no promise of it.';
  if (client instanceof Promise) {
    client.catch(() => undefined); // said already
    throw invalid(`${name} is a promise.`, remediation);
  }
  if (!isObject(client) || typeof client['finish'] !== 'function') {
    throw invalid(`${name} has no finish.`, remediation);
  }
  const { pause } = client;
  const how = 'Give pause(isPaused) { … }, or leave it out.';
  checkKind(`pause of ${name}`, pause, 'function', how);
  return client as unknown as SimulatedClient;
}

/** @throws TenutoError OPTION_INVALID. */
export function checkedApps(make: () => unknown): ReadonlyMap<string, App> {
  const made = called('apps', make);
  const remediation = 'Let it return the apps by their names, such as { speech: myApp }.';
  if (!isObject(made) || made instanceof Promise) {
    throw invalid(`apps returned ${nameOf(made)}.`, remediation);
  }
  const apps = new Map<string, unknown>(made instanceof Map ? made : Object.entries(made));
  if (apps.size === 0) throw invalid('apps returned no app.', remediation);
  for (const [name, app] of apps) {
    if (isObject(app) && typeof app['open'] === 'function') continue;
    throw invalid(`The app "${name}" has no open.`, remediation);
  }
  return apps as ReadonlyMap<string, App>;
}

/** Who throws there has never begun: there is no run in which it could be told. */
function called(what: string, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (TenutoError.is(error)) throw error;
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: `${what} threw ${String(error)}.`,
      remediation: 'Mend it there: the cause of this error has the place.',
      cause: error,
    });
  }
}

function checkClients(clients: unknown): void {
  const remediation = 'Give a list of functions, each of which makes a client.';
  if (!Array.isArray(clients)) throw invalid(`clients is ${nameOf(clients)}.`, remediation);
  if (clients.length === 0) throw invalid('clients is empty.', remediation);
  if (clients.length > MOST_CLIENTS) {
    throw invalid(`clients has ${clients.length} of them.`, `Give ${MOST_CLIENTS} at the most.`);
  }
  clients.forEach((make: unknown, at) => {
    if (typeof make === 'function') return;
    throw invalid(`clients[${at}] is ${nameOf(make)}.`, remediation);
  });
}

interface Hittable {
  readonly clients: number;
  readonly gateways: number;
}

function checkFaults(faults: unknown, world: Hittable): void {
  if (faults === undefined) return;
  if (!Array.isArray(faults)) {
    throw invalid(`faults is ${nameOf(faults)}.`, 'Give a list, such as [{ kind, atMs }].');
  }
  faults.forEach((fault: unknown, at) => {
    const where = `faults[${at}]`;
    if (!isObject(fault)) throw invalid(`${where} is ${nameOf(fault)}.`, 'Give { kind, atMs }.');
    checkFault(where, fault, world);
  });
}

function checkFault(where: string, fault: Readonly<Record<string, unknown>>, world: Hittable) {
  checkOptions(where, fault, FAULT);
  const { kind, atMs, forMs = 0, on } = fault;
  checkName('fault', String(kind), EVERY_NEMESIS);
  checkTime(`${where}.atMs`, atMs);
  checkTime(`${where}.forMs`, forMs);
  const nemesis = EVERY_NEMESIS[String(kind)];
  const [least, most] = nemesis?.much ?? [-Infinity, Infinity];
  const { much = Math.max(0, least) } = fault;
  const isFine = Number.isFinite(much) && Number(much) >= least && Number(much) <= most;
  checkNumber(
    `${where}.much`,
    much,
    isFine,
    isFinite(most) ? `from ${least} to ${most}` : 'that is finite',
  );
  const whom = nemesis?.on ?? 'all';
  if (on === undefined || whom === 'all') return;
  const count = whom === 'client' ? world.clients : world.gateways;
  checkWhole(`${where}.on`, on, 0, count - 1);
}

function checkTime(name: string, ms: unknown): void {
  checkNumber(name, ms, Number.isFinite(ms) && Number(ms) >= 0, 'of milliseconds, from 0 up');
}

function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw invalid(`${name} cannot be ${nameOf(value)}.`, `Give a whole number, ${least} to ${most}.`);
}

function checkKind(name: string, value: unknown, kind: string, remediation: string): void {
  if (value === undefined || typeof value === kind) return;
  throw invalid(`${name} is ${nameOf(value)}.`, remediation);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A word for it: what an object says of itself is of no help. */
export function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise';
  if (typeof value === 'function') return 'a function';
  return isObject(value) ? 'an object' : String(value);
}
