/** `tenuto serve`: the resumable gateway, until a signal ends it. */
import type { Environment } from '../access.ts';
import { colors } from '../colors.ts';
import { counted } from '../counted.ts';
import type { CliIo } from '../io.ts';
import { EXIT_USAGE, reportError } from '../io.ts';
import { aborted } from '../sleep.ts';
import { closeInSteps } from '../serve/closing.ts';
import type { Closer } from '../serve/closing.ts';
import { endServing } from '../serve/ending.ts';
import { openInspected, tellInspected } from '../serve/inspected.ts';
import type { Inspected } from '../serve/inspected.ts';
import { problemLine, readConfig } from '../serve/config-file.ts';
import type { Problem } from '../serve/config-file.ts';
import { defined, openStore, pemOf, startApps, verifierOf } from '../serve/parts.ts';
import type { PartsOptions } from '../serve/parts.ts';
import { settingsOf } from '../serve/settings.ts';
import type { ServeOptions, ServeSettings } from '../serve/settings.ts';
import { authText, greeting, nameOf, newsText } from '../serve/words.ts';
import { Refused } from '../serve/refused.ts';
import { Watch } from '../serve/watch.ts';
import type { GatewayNews } from '../serve/watch.ts';
import { AUDIT_MESSAGE } from '../../gateway/audit.ts';
import { startGateway } from '../../gateway/server.ts';
import type { GatewayServer } from '../../gateway/server.ts';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface ServeCommand extends ServeOptions {
  /** Path of a YAML or JSON file. */
  readonly config?: string;
  readonly json: boolean;
  /** Tells what happens in the charts to whoever has the token. Default: nobody can watch. */
  readonly inspect?: boolean;
  /** Default 0: a free one. */
  readonly inspectPort?: number;
  /** The environment variable that holds the token. Default: one is made and printed. */
  readonly inspectTokenEnv?: string;
  readonly environment: Environment;
  readonly createRecogniser?: PartsOptions['createRecogniser'];
}

type ServeIo = Pick<CliIo, 'write' | 'note' | 'signal' | 'haste'>;

/** Returns 0 where nothing that was accepted is lost with it, 1 where something may be, 2 where it cannot begin. */
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

/** Where it could not begin, what was opened for it has so long to close. */
const CLOSE_WITHIN_MS = 5_000;

interface House {
  readonly server: GatewayServer;
  readonly inspected: Inspected | null;
  readonly watch: Watch;
  readonly closers: readonly Closer[];
}

async function serve(command: ServeCommand, settings: ServeSettings, io: ServeIo): Promise<number> {
  const { server, inspected, watch, closers } = await opened(command, settings, io);
  const { json } = command;
  tellStart(command, settings, server, io);
  if (inspected !== null) tellInspected(inspected, json, io);
  await aborted(io.signal);
  watch.stopping();
  const house = { gateway: server.gateway, sessions: () => watch.sessions, closers };
  const { status, failures } = await endServing(house, { settings, json, clock: systemClock }, io);
  for (const failure of failures) reportError(failure, io, json);
  return status;
}

/** What was opened before something failed is closed again. */
async function opened(command: ServeCommand, settings: ServeSettings, io: ServeIo): Promise<House> {
  const { environment, createRecogniser, json } = command;
  const logger = loggerTo(io, json);
  const inspected = await openInspected(command, logger);
  const parts = {
    environment,
    logger,
    ...(inspected === null ? {} : { inspect: inspected.feed.inspect }),
    ...(createRecogniser === undefined ? {} : { createRecogniser }),
  };
  const closers: Closer[] = inspected === null ? [] : [() => inspected.door.close()];
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
      ...(inspected === null ? {} : { onStep: inspected.feed.step }),
    }).catch((error: unknown) => {
      throw TenutoError.is(error) ? error : notListening(host, port, error);
    });
    isOpen = true;
    closers.push(() => server.close());
    return { server, inspected, watch, closers };
  } catch (error) {
    await closeInSteps([closers], systemClock, CLOSE_WITHIN_MS);
    throw error;
  }
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
  const lines = problems.map((problem) => problemLine(file, problem));
  const remediation = 'docs/gateway.yaml is an example.';
  if (json) {
    const error = { type: 'error', code: 'OPTION_INVALID', message: lines.join('\n'), remediation };
    io.write(JSON.stringify({ ...error, retryable: false, file, problems }));
    return EXIT_USAGE;
  }
  const isUnread = problems.every(({ line }) => line === 0);
  if (!isUnread) for (const line of lines) io.note(line);
  const message = isUnread ? lines.join() : `${file} has ${counted(problems.length, 'problem')}`;
  return reportError(invalid(`${message}.`, remediation), io, false);
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
