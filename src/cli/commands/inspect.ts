/** `tenuto inspect`: the live statechart page, on an app that tells what happens in it, on a gateway, or on a recording. */
import type { Environment } from '../access.ts';
import { Apps } from '../inspect/apps.ts';
import { appsShown, linesForApp } from '../inspect/apps-words.ts';
import { openPageDoor } from '../inspect/page-door.ts';
import { readRecording } from '../inspect/read-recording.ts';
import { RecordFile } from '../inspect/record-file.ts';
import { WatchedGateway } from '../inspect/watched-gateway.ts';
import { Viewers } from '../inspect/viewers.ts';
import type { CliIo } from '../io.ts';
import { EXIT_OK, reportError } from '../io.ts';
import { openBrowser } from '../local-page/open-browser.ts';
import { aborted } from '../sleep.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { systemWallClock } from '../../ports/clock.ts';
import type { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface InspectOptions {
  readonly port?: number;
  readonly token?: string;
  readonly tokenEnv: string;
  readonly insecure: boolean;
  readonly open: boolean;
  readonly json: boolean;
  readonly environment: Environment;
  /** A file for what is seen, to be opened later. */
  readonly record?: string;
  /** Where the page is. Default: where the build puts it. */
  readonly pages?: string;
}

type InspectIo = Pick<CliIo, 'write' | 'note' | 'signal'>;

/** Of a live feed. */
const LIVE_CAPACITY = 50_000;
const ADDRESS = /^(wss?|https?):/i;

/** Returns when a signal comes. @throws TenutoError of many kinds, all of them before anything is shown. */
export async function runInspect(
  what: string | undefined,
  options: InspectOptions,
  io: InspectIo,
): Promise<number> {
  if (what === undefined) return watchApps(options, io);
  if (ADDRESS.test(what)) return watchGateway(what, options, io);
  if (options.record !== undefined) throw recordedAlready();
  return showRecording(what, options, io);
}

async function watchApps(options: InspectOptions, io: InspectIo): Promise<number> {
  const history = new WireHistory({ capacity: LIVE_CAPACITY });
  let url = '';
  const viewers = new Viewers(history, appsShown(0, url));
  const record = await recordFor(options, 'apps', io);
  const apps = new Apps({
    wallClock: systemWallClock,
    onEvent: (event, chars) => {
      history.add(event, chars);
      viewers.pump();
      record?.add(event);
    },
    onNews: (news, count) => {
      viewers.show(appsShown(count, url));
      if (options.json) io.write(JSON.stringify({ type: 'app', news, apps: count }));
      else io.note(APP_NEWS[news]);
    },
  });
  const door = await openPageDoor({
    ...placeOf(options),
    onViewer: (socket) => viewers.add(socket),
    onApp: (socket) => apps.add(socket),
  }).catch(closing(record));
  url = `ws://127.0.0.1:${door.port}`;
  viewers.show(appsShown(0, url));
  tellPage(door.url, { mode: 'apps', appUrl: url }, options, io);
  if (!options.json) {
    io.write('In the app that is to be watched:');
    for (const line of linesForApp(url)) io.write(`  ${line}`);
  }
  await untilSignal(options, io, door.url);
  await Promise.all([door.close(), record?.close()]);
  return EXIT_OK;
}

const APP_NEWS = {
  came: 'An app is watched.',
  went: 'An app has gone.',
  unreadable: 'An app sends what is no event of @statelyai/inspect; that is left out.',
} as const;

async function watchGateway(url: string, options: InspectOptions, io: InspectIo): Promise<number> {
  let status = EXIT_OK;
  const record = await recordFor(options, url, io);
  const watched = new WatchedGateway({
    capacity: LIVE_CAPACITY,
    record,
    onLoss: () => {
      if (options.json) io.write(JSON.stringify({ type: 'lost' }));
      else io.note('The gateway is lost; it is dialled again.');
    },
    onEnd: (error) => {
      status = reportError(error, io, options.json);
      if (!options.json) io.note('What it told until then stays on the page, until Ctrl-C.');
    },
  });
  const close = async (): Promise<void> => {
    watched.close();
    await record?.close();
  };
  try {
    await watched.attach(url, tokenOf(options), options.insecure);
    const door = await openPageDoor({
      ...placeOf(options),
      onViewer: (socket) => watched.viewers.add(socket),
      onApp: null,
    });
    tellPage(door.url, { mode: 'gateway' }, options, io);
    await untilSignal(options, io, door.url);
    await Promise.all([close(), door.close()]);
  } catch (error) {
    await close();
    throw error;
  }
  return status;
}

async function recordFor(
  { record: file, json }: InspectOptions,
  title: string,
  io: InspectIo,
): Promise<RecordFile | null> {
  if (file === undefined) return null;
  return RecordFile.open({
    file,
    title,
    wallClock: systemWallClock,
    onFailure: (error) => void reportError(error, io, json),
  });
}

/** What was opened before is closed where something fails. */
function closing(record: RecordFile | null): (error: unknown) => Promise<never> {
  return async (error) => {
    await record?.close();
    throw error;
  };
}

async function showRecording(
  file: string,
  options: InspectOptions,
  io: InspectIo,
): Promise<number> {
  const { history, shown, count, badCount, leftOut } = await readRecording(file, io.note);
  const viewers = new Viewers(history, shown);
  const door = await openPageDoor({
    ...placeOf(options),
    onViewer: (socket) => viewers.add(socket),
    onApp: null,
  });
  tellPage(
    door.url,
    { mode: 'recording', events: count, badLines: badCount, leftOut },
    options,
    io,
  );
  await untilSignal(options, io, door.url);
  await door.close();
  return EXIT_OK;
}

function placeOf({ port = 0, pages }: InspectOptions): { port: number; pages?: string } {
  return { port, ...(pages === undefined ? {} : { pages }) };
}

function tellPage(url: string, facts: object, { json }: InspectOptions, io: InspectIo): void {
  if (json) io.write(JSON.stringify({ type: 'inspect', url, ...facts }));
  else io.write(`The page is at ${url}`);
}

async function untilSignal({ open, json }: InspectOptions, io: InspectIo, url: string) {
  if (open) openBrowser(url, io.note);
  if (!json) io.note('Ctrl-C ends it.');
  await aborted(io.signal);
}

function tokenOf({ token, tokenEnv, environment }: InspectOptions): string {
  const given = (token ?? environment[tokenEnv] ?? '').trim();
  if (/^[\x21-\x7e]+$/.test(given)) return given;
  throw invalid(
    given === ''
      ? 'There is no token for the gateway.'
      : 'The token has a character that no token has.',
    `Set ${tokenEnv} to the one that \`tenuto serve --inspect\` printed, or give --token.`,
  );
}

function recordedAlready(): TenutoError {
  return invalid('What is shown is a recording already.', 'Leave --record out, or copy the file.');
}
