/** What this machine has and lacks, found without asking anybody. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Check } from './check.ts';
import { read, VENDORS, WHISPER } from '../access.ts';
import type { Environment } from '../access.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { findPocketSphinx } from '../../simulators/recogniser/pocketsphinx-packages.ts';
import { findVoskPackages } from '../../simulators/recogniser/vosk-packages.ts';

const require = createRequire(import.meta.url);

const LEAST_NODE = [20, 19] as const;

/** The releases of tenuto are younger: a clock before that is wrong, and certificates fail by it. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const CLOCK_LOOK_MS = 50;
const CLOCK_DRIFT_MS = 500;

const PACKAGES = [
  { name: 'xstate', what: 'the charts', isNeeded: true, install: 'npm install xstate' },
  { name: 'ws', what: 'sockets', isNeeded: true, install: 'npm install ws' },
  { name: 'elkjs', what: 'drawing charts', isNeeded: false, install: 'npm install elkjs' },
] as const;

export function nodeCheck(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isFine = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const detail = `${version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  if (isFine) return { name: 'Node', state: 'ok', detail };
  const remedy = `Install Node ${LEAST_NODE.join('.')} or newer.`;
  return { name: 'Node', state: 'failed', detail, remedy };
}

export function packageChecks(): readonly Check[] {
  return PACKAGES.map(({ name, what, isNeeded, install }) => {
    const version = versionOf(name);
    if (version !== null) return { name, state: 'ok', detail: `${version} (${what})` };
    const state = isNeeded ? 'failed' : 'missing';
    return { name, state, detail: `not installed (${what})`, remedy: `Run: ${install}` };
  });
}

export function recogniserChecks(): readonly Check[] {
  return [
    found('recogniser', 'Vosk, its model and koffi', findVoskPackages, NEEDS_RECOGNISER),
    found('second recogniser', 'PocketSphinx', findPocketSphinx),
  ];
}

/** Whether each is set: what they are is nobody's business. */
export function keyChecks(environment: Environment): readonly Check[] {
  const variables = [...Object.values(VENDORS), WHISPER].flatMap((vendor) => [
    { variable: vendor.keyVariable, isKey: true },
    { variable: vendor.urlVariable, isKey: false },
  ]);
  return variables.flatMap(({ variable, isKey }): readonly Check[] => {
    const value = read(environment, variable);
    if (value !== undefined) return [{ name: variable, state: 'ok', detail: 'set' }];
    const isOptional = !isKey || variable === WHISPER.keyVariable;
    if (isOptional) return [];
    const remedy = `Set ${variable} to use the real service; its stand-in needs none.`;
    return [{ name: variable, state: 'missing', detail: 'not set', remedy }];
  });
}

/** A clock that is wrong, or that jumps, breaks certificates and timers alike. */
export async function clockCheck(clock: Clock, wallNowMs: () => number): Promise<Check> {
  const startedAtMs = clock.nowMs();
  const wallAtMs = wallNowMs();
  await new Promise<void>((resolve) => {
    clock.setTimeout(resolve, CLOCK_LOOK_MS);
  });
  const driftMs = wallNowMs() - wallAtMs - (clock.nowMs() - startedAtMs);
  const detail = new Date(wallAtMs).toISOString();
  const isSane = wallAtMs > EARLIEST_MS && wallAtMs < LATEST_MS;
  if (isSane && Math.abs(driftMs) < CLOCK_DRIFT_MS) return { name: 'clock', state: 'ok', detail };
  return {
    name: 'clock',
    state: 'failed',
    detail: isSane ? `${detail}, and it jumped by ${Math.round(driftMs)} ms` : detail,
    remedy: 'Set the clock, best by NTP.',
  };
}

/** They are optional peers: whoever has only a service's key, or only a gateway, does without. */
const NEEDS_RECOGNISER =
  'demo, transcribe and serve need it, unless --provider names another or serve finds a key';

function found(name: string, what: string, find: () => unknown, lacking = ''): Check {
  try {
    find();
    return { name, state: 'ok', detail: what };
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    const detail = lacking === '' ? error.message : `${error.message} (${lacking})`;
    return { name, state: 'missing', detail, remedy: error.remediation };
  }
}

function versionOf(name: string): string | null {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return null;
  }
}
