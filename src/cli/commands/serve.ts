/** `tenuto serve`: the resumable gateway, until a signal ends it. */
import type { Environment } from '../access.ts';
import { colors } from '../colors.ts';
import type { CliIo } from '../io.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, reportError } from '../io.ts';
import { closeInReverse } from '../serve/closing.ts';
import { problemLine, readConfig } from '../serve/config-file.ts';
import type { Problem } from '../serve/config-file.ts';
import { defined, openStore, pemOf, startApps, verifierOf } from '../serve/parts.ts';
import type { PartsOptions } from '../serve/parts.ts';
import { settingsOf } from '../serve/settings.ts';
import type { ServeOptions, ServeSettings } from '../serve/settings.ts';
import {
  authText,
  drainText,
  greeting,
  lastWord,
  nameOf,
  newsText,
  unwrittenText,
} from '../serve/words.ts';
import { Refused } from '../serve/refused.ts';
import { Watch } from '../serve/watch.ts';
import type { GatewayNews } from '../serve/watch.ts';
import { AUDIT_MESSAGE } from '../../gateway/audit.ts';
import { startGateway } from '../../gateway/server.ts';
import type { GatewayServer } from '../../gateway/server.ts';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';

export interface ServeCommand extends ServeOptions {
  /** Path of a YAML or JSON file. */
  readonly config?: string;
  readonly json: boolean;
  readonly environment: Environment;
  readonly createRecogniser?: PartsOptions['createRecogniser'];
}

type ServeIo = Pick<CliIo, 'write' | 'note' | 'signal' | 'haste'>;

/** Returns 0 where all clients had gone by the deadline and nothing is lost, 1 where not, 2 where it cannot begin. */
export async function runServe(command: ServeCommand, io: ServeIo): Promise<number> {
  try {
    const { config: file } = command;
    if (file === undefined) return await serve(command, settingsOf(command), io);
    const { config, problems } = await readConfig(file, command.environment);
    if (config === null) return tellProblems(file, problems, command, io);
    return await serve(command, settingsOf(command, config, file), io);
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    reportError(error, io, command.json);
    return EXIT_USAGE;
  }
}

/** Sessions get into the log, and services say goodbye, before the deadline too. */
const END_RESERVE_MS = 8_000;

interface House {
  readonly server: GatewayServer;
  readonly watch: Watch;
  /** What of it could not be closed as it should. */
  close(): Promise<readonly unknown[]>;
}

async function serve(command: ServeCommand, settings: ServeSettings, io: ServeIo): Promise<number> {
  const house = await opened(command, settings, io);
  let failures: readonly unknown[];
  let status: number;
  try {
    tellStart(command, settings, house.server, io);
    await aborted(io.signal);
    status = await ended(house, settings, command, io);
  } finally {
    failures = (await house.close()).filter((failure) => TenutoError.is(failure)); // no service that did not say goodbye
  }
  for (const failure of failures) reportError(failure, io, command.json);
  return failures.length > 0 ? EXIT_FAILED : status;
}

/** What was opened before something failed is closed again. */
async function opened(
  { environment, createRecogniser, json }: ServeCommand,
  settings: ServeSettings,
  io: ServeIo,
): Promise<House> {
  const logger = loggerTo(io, json);
  const parts = {
    environment,
    logger,
    ...(createRecogniser === undefined ? {} : { createRecogniser }),
  };
  const closers: (() => Promise<void>)[] = [];
  const close = (): Promise<readonly unknown[]> => closeInReverse(closers.splice(0), systemClock);
  const tell = (news: GatewayNews): void => {
    io.write(json ? JSON.stringify(news) : newsText(news));
  };
  const watch = new Watch(tell);
  const refused = new Refused(tell);
  closers.push(() => {
    refused.stop();
    return Promise.resolve();
  });
  try {
    const verify = verifierOf(settings, parts);
    const pem = await pemOf(settings);
    const store = await openStore(settings, logger);
    closers.push(() => store.close());
    const served = await startApps(settings, parts);
    closers.push(() => served.close());
    const { host, port, graceMs, limits, origins } = settings;
    let isOpen = false;
    const warn: Logger['warn'] = (...told) => {
      if (told[0] === AUDIT_MESSAGE) return; // told as news
      if (isOpen || verify !== null) logger.warn(...told); // that nobody is asked is in the greeting
    };
    const server = await startGateway({
      store,
      apps: new Map(Array.from(served.apps, ([name, app]) => [name, watch.over(app)])),
      verify,
      host,
      port,
      origins,
      ...pem,
      logger: { ...logger, warn },
      limits: defined(limits),
      onAudit: (event) => {
        refused.note(event);
      },
      ...(graceMs === undefined ? {} : { graceMs }),
    }).catch((error: unknown) => {
      throw TenutoError.is(error) ? error : notListening(host, port, error);
    });
    isOpen = true;
    closers.push(() => server.close());
    return { server, watch, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whoever is there has until shortly before the deadline to go elsewhere. */
async function ended(
  { server, watch }: House,
  { drainMs, drainTo }: ServeSettings,
  { json }: ServeCommand,
  io: ServeIo,
): Promise<number> {
  watch.stopping();
  const startedAtMs = systemClock.nowMs();
  const had = watch.sessions;
  const clientsMs = drainMs - Math.min(END_RESERVE_MS, drainMs / 2);
  if (!json && had > 0) io.note(drainText(had, clientsMs));
  const { durability, counters } = server.gateway;
  const { unwritten: unwrittenBefore } = counters;
  await Promise.race([
    server.drain(clientsMs, drainTo),
    aborted(io.haste).then(() => server.close()),
  ]);
  const tookMs = systemClock.nowMs() - startedAtMs;
  const isInTime = had === 0 || (tookMs < clientsMs && !io.haste.aborted);
  const kept = watch.kept;
  const isLost = durability === 'memory' && kept > 0;
  const unwritten = counters.unwritten - unwrittenBefore;
  const isDrained = isInTime && !isLost && unwritten === 0;
  const lost = isLost ? kept : 0;
  const facts = { drained: isDrained, kept, lost, unwritten, tookMs: Math.round(tookMs) };
  if (json) io.write(JSON.stringify({ type: 'summary', ...facts }));
  else {
    io.note(lastWord(kept, durability, isInTime));
    if (unwritten > 0 && !isLost) io.note(colors.red(unwrittenText(unwritten)));
  }
  return isDrained ? EXIT_OK : EXIT_FAILED;
}

function tellStart(
  { json }: ServeCommand,
  settings: ServeSettings,
  { url, port, gateway }: GatewayServer,
  io: ServeIo,
): void {
  if (!json) {
    for (const line of greeting(settings, url)) io.write(line);
    io.note('Ctrl-C ends it.');
    return;
  }
  const { store, auth, host, apps, candidates, origins } = settings;
  const { durability } = gateway;
  const providers = apps.includes('speech') ? candidates.map(nameOf) : [];
  const facts = { url, host, port, store: store.kind, durability, apps, providers, origins };
  io.write(
    JSON.stringify({ type: 'gateway', ...facts, auth: auth.kind, authText: authText(auth) }),
  );
}

function tellProblems(
  file: string,
  problems: readonly Problem[],
  { json }: ServeCommand,
  io: ServeIo,
): number {
  if (!json) for (const problem of problems) io.note(problemLine(file, problem));
  else {
    const message = problems.map((problem) => problemLine(file, problem)).join('\n');
    const remediation = 'Correct the file.';
    const error = { type: 'error', code: 'OPTION_INVALID', message, remediation, retryable: false };
    io.write(JSON.stringify({ ...error, file, problems }));
  }
  return EXIT_USAGE;
}

function loggerTo(io: ServeIo, json: boolean): Logger {
  const tell =
    (level: keyof Logger): Logger['info'] =>
    (message, fields = {}) => {
      if (json) io.write(JSON.stringify({ type: 'log', level, message, ...fields }));
      else {
        const facts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
        io.note(colors.yellow(`${level}: ${[message, ...facts].join(' ')}`));
      }
    };
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: tell('warn'),
    error: tell('error'),
  };
}

function notListening(host: string, port: number, error: unknown): TenutoError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `Nobody can listen on ${host}, port ${port} (${code}).`,
    remediation:
      'Give --host an address of this machine, and --port one that you may use (from 1024 on).',
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
