/** `tenuto doctor`: what this machine has and lacks, and what to do about it. */
import type { Environment } from '../access.ts';
import { read, VENDORS } from '../access.ts';
import { colors } from '../colors.ts';
import type { Check } from '../doctor/check.ts';
import {
  clockCheck,
  keyChecks,
  nodeCheck,
  packageChecks,
  recogniserChecks,
} from '../doctor/machine.ts';
import { mainJobCheck } from '../doctor/main-job.ts';
import { serviceChecks, servicesInUse } from '../doctor/services.ts';
import type { Ask } from '../doctor/services.ts';
import type { CliIo } from '../io.ts';
import { EXIT_FAILED, EXIT_OK } from '../io.ts';
import { systemClock, systemWallClock } from '../../ports/clock.ts';

export interface DoctorOptions {
  /**
   * Services on the internet are asked whether they answer and take the key, and one whose key is set and that does not
   * fails the command. Default: only those on this machine are asked, and none is needed.
   */
  readonly online: boolean;
  readonly json: boolean;
  readonly environment: Environment;
  /** How a service is asked. Default: by `fetch`. */
  readonly ask?: Ask;
  /** Whether the main job works. Default: it is tried. */
  readonly mainJob?: () => Promise<Check>;
}

type DoctorIo = Pick<CliIo, 'write' | 'signal'>;

const MARKS: Readonly<Record<Check['state'], string>> = {
  ok: colors.green('ok     '),
  missing: colors.yellow('missing'),
  failed: colors.red('failed '),
  unknown: colors.dim('unknown'),
};

/** What has nothing to do with a service: without it nothing works at all. */
const NEEDED = ['Node', 'xstate', 'ws', 'clock', 'main job'];

export async function runDoctor(options: DoctorOptions, io: DoctorIo): Promise<number> {
  const checks = await checksOf(options, io);
  const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  const isWell = !failed.some((name) => NEEDED.includes(name));
  const inUse = options.online ? servicesInUse(options.environment) : [];
  const unusable = failed.filter((name) => inUse.includes(name));
  const status = isWell && unusable.length === 0 ? EXIT_OK : EXIT_FAILED;
  if (options.json) {
    const { online: askedOnline } = options;
    for (const check of checks) io.write(JSON.stringify({ type: 'check', ...check }));
    io.write(JSON.stringify({ type: 'summary', mainJobWorks: isWell, askedOnline, unusable }));
    return status;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, state, detail, remedy } of checks) {
    io.write(`${MARKS[state]}  ${name.padEnd(width)}  ${detail}`);
    if (remedy !== undefined) io.write(`${' '.repeat(width + 11)}${colors.dim(remedy)}`);
  }
  if (!options.online) {
    io.write(
      'Nobody on the internet was asked; --online asks each provider whether it answers and takes its key.',
    );
  }
  if (unusable.length > 0) {
    io.write(colors.red(`Not in order, though the key is set: ${unusable.join(', ')}.`));
  }
  io.write(
    isWell ? colors.green('The main job works.') : colors.red('The main job does not work here.'),
  );
  return status;
}

async function checksOf(options: DoctorOptions, io: DoctorIo): Promise<readonly Check[]> {
  const { environment, online, ask, mainJob } = options;
  const recognisers = recogniserChecks();
  const [clock, services] = await Promise.all([
    clockCheck(systemClock, systemWallClock),
    serviceChecks({
      environment,
      online,
      wallNowMs: systemWallClock,
      ...(ask === undefined ? {} : { ask }),
    }),
  ]);
  return [
    nodeCheck(),
    clock,
    ...packageChecks(),
    ...recognisers,
    ...keyChecks(environment),
    ...services,
    await (mainJob ?? (() => triedJob(environment, recognisers, io)))(),
  ];
}

/** Without a recogniser here there is the one of a service whose key is set. */
async function triedJob(
  environment: Environment,
  recognisers: readonly Check[],
  { signal }: DoctorIo,
): Promise<Check> {
  const keys = Object.values(VENDORS).filter(
    ({ keyVariable }) => read(environment, keyVariable) !== undefined,
  );
  if (recognisers[0]?.state === 'ok' || keys.length === 0) return mainJobCheck({ signal });
  const names = keys.map(({ name }) => name).join(', ');
  const detail = `not tried, since there is no recogniser here; there are keys for ${names}`;
  return { name: 'main job', state: 'unknown', detail };
}
