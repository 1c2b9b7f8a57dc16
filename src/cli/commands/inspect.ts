/** `tenuto inspect`: the live statechart page, on an app that tells what happens in it, on a gateway, or on a recording. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Environment } from '../access.ts';
import { Apps } from '../inspect/apps.ts';
import { openPageDoor } from '../inspect/page-door.ts';
import { RecordFile } from '../inspect/record-file.ts';
import { WatchedGateway } from '../inspect/watched-gateway.ts';
import { Viewers } from '../inspect/viewers.ts';
import type { Shown } from '../inspect/viewers.ts';
import type { CliIo } from '../io.ts';
import { EXIT_OK, reportError } from '../io.ts';
import { openBrowser } from '../local-page/open-browser.ts';
import { aborted } from '../sleep.ts';
import { RecordingReader } from '../../observability/recording.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { systemWallClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface InspectOptions {
  readonly port: number;
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

/** Of a live feed; a recording has as many events as it has, within the reader's limits. */
const LIVE_CAPACITY = 50_000;
const RECORDING_CAPACITY = 1_000_000;
/** Of a recording, as text. */
const RECORDING_CHARS = 512 * 1_024 * 1_024;
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
  const viewers = new Viewers(history, appsShown(0));
  const record = await recordFor(options, 'apps', io);
  const apps = new Apps({
    wallClock: systemWallClock,
    onEvent: (event, chars) => {
      history.add(event, chars);
      viewers.pump();
      record?.add(event);
    },
    onNews: (news, count) => {
      viewers.show(appsShown(count));
      if (options.json) io.write(JSON.stringify({ type: 'app', news, apps: count }));
      else io.note(APP_NEWS[news]);
    },
  });
  const door = await openPageDoor({
    ...placeOf(options),
    onViewer: (socket) => viewers.add(socket),
    onApp: (socket) => apps.add(socket),
  }).catch(closing(record));
  const url = `ws://127.0.0.1:${door.port}`;
  tellPage(door.url, { mode: 'apps', appUrl: url }, options, io);
  if (!options.json) {
    io.write('In the app that is to be watched:');
    io.write(`  import { createWebSocketInspector } from '@statelyai/inspect';`);
    io.write(
      `  const { inspect } = createWebSocketInspector({ url: '${url}' }); // createActor(machine, { inspect })`,
    );
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

function appsShown(count: number): Shown {
  if (count === 0) return { title: 'waiting for an app', note: 'No app tells what happens in it.' };
  return { title: count === 1 ? 'one app' : `${count} apps`, note: '' };
}

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
  const history = new WireHistory({
    capacity: RECORDING_CAPACITY,
    capacityChars: RECORDING_CHARS,
  });
  const reader = new RecordingReader({ events: RECORDING_CAPACITY });
  try {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    for await (const line of lines) {
      const event = reader.read(line);
      if (event !== null) history.add(event, line.length);
    }
    if (reader.header === null) reader.read(''); // an empty file has no header either
  } catch (error) {
    throw TenutoError.is(error) ? error : unreadable(file, error);
  }
  const { count, badCount, badLines, leftOut, header } = reader;
  for (const { line, why } of badLines.slice(0, 10))
    io.note(`${file}, line ${line} ${why}; it is left out.`);
  if (badCount > 10) io.note(`${badCount - 10} more lines are left out.`);
  if (leftOut > 0) io.note(`${leftOut} events after the first ${count} are left out.`);
  const bad = badCount === 0 ? '' : `${badCount} lines could not be read.`;
  const more = leftOut === 0 ? '' : `${leftOut} events are left out.`;
  const early =
    history.first === 0 ? '' : `It is long: its first ${history.first} events are left out.`;
  const note = [bad, early, more].filter((part) => part !== '').join(' ');
  const title = header?.title ?? '';
  const viewers = new Viewers(history, { title: title === '' ? file : title, note });
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

function placeOf({ port, pages }: InspectOptions): { port: number; pages?: string } {
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

function unreadable(file: string, error: unknown): TenutoError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`,
    remediation: 'Give the path of a flight recording, or the address of a gateway (ws://…).',
    cause: error,
  });
}

function recordedAlready(): TenutoError {
  return invalid('What is shown is a recording already.', 'Leave --record out, or copy the file.');
}
