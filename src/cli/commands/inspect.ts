/** `tenuto inspect`: the live statechart page, on an app that tells what happens in it, on a gateway, or on a recording. */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Environment } from '../access.ts';
import { Apps } from '../inspect/apps.ts';
import { openPageDoor } from '../inspect/page-door.ts';
import { WatchedGateway } from '../inspect/watched-gateway.ts';
import { Viewers } from '../inspect/viewers.ts';
import type { Shown } from '../inspect/viewers.ts';
import type { CliIo } from '../io.ts';
import { EXIT_OK } from '../io.ts';
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
  /** Where the page is. Default: where the build puts it. */
  readonly pages?: string;
}

type InspectIo = Pick<CliIo, 'write' | 'note' | 'signal'>;

/** Of a live feed; a recording has as many events as it has, within the reader's limits. */
const LIVE_CAPACITY = 50_000;
const RECORDING_CAPACITY = 1_000_000;
const ADDRESS = /^(wss?|https?):/i;

/** Returns when a signal comes. @throws TenutoError of many kinds, all of them before anything is shown. */
export async function runInspect(
  what: string | undefined,
  options: InspectOptions,
  io: InspectIo,
): Promise<number> {
  if (what === undefined) return watchApps(options, io);
  if (ADDRESS.test(what)) return watchGateway(what, options, io);
  return showRecording(what, options, io);
}

async function watchApps(options: InspectOptions, io: InspectIo): Promise<number> {
  const history = new WireHistory({ capacity: LIVE_CAPACITY });
  const viewers = new Viewers(history, appsShown(0));
  const apps = new Apps({
    wallClock: systemWallClock,
    onEvent: (event) => {
      history.add(event);
      viewers.pump();
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
  });
  const url = `ws://127.0.0.1:${door.port}`;
  tellPage(door.url, { mode: 'apps', appUrl: url }, options, io);
  if (!options.json) {
    io.write('In the app that is to be watched:');
    io.write(`  import { createWebSocketInspector } from '@statelyai/inspect';`);
    io.write(
      `  const { inspect } = createWebSocketInspector({ url: '${url}' }); // createActor(machine, { inspect })`,
    );
  }
  return untilSignal(options, io, door.url, () => door.close());
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
  const watched = new WatchedGateway({
    capacity: LIVE_CAPACITY,
    onLoss: () => {
      if (options.json) io.write(JSON.stringify({ type: 'lost' }));
      else io.note('The gateway is lost; it is dialled again.');
    },
  });
  await watched.attach(url, tokenOf(options), options.insecure);
  const door = await openPageDoor({
    ...placeOf(options),
    onViewer: (socket) => watched.viewers.add(socket),
    onApp: null,
  }).catch((error: unknown) => {
    watched.close();
    throw error;
  });
  tellPage(door.url, { mode: 'gateway' }, options, io);
  return untilSignal(options, io, door.url, async () => {
    watched.close();
    await door.close();
  });
}

async function showRecording(
  file: string,
  options: InspectOptions,
  io: InspectIo,
): Promise<number> {
  const history = new WireHistory({ capacity: RECORDING_CAPACITY });
  const reader = new RecordingReader({ events: RECORDING_CAPACITY });
  try {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    for await (const line of lines) {
      const event = reader.read(line);
      if (event !== null) history.add(event);
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
  const note = [bad, more].filter((part) => part !== '').join(' ');
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
  return untilSignal(options, io, door.url, () => door.close());
}

function placeOf({ port, pages }: InspectOptions): { port: number; pages?: string } {
  return { port, ...(pages === undefined ? {} : { pages }) };
}

function tellPage(url: string, facts: object, { json }: InspectOptions, io: InspectIo): void {
  if (json) io.write(JSON.stringify({ type: 'inspect', url, ...facts }));
  else io.write(`The page is at ${url}`);
}

async function untilSignal(
  { open, json }: InspectOptions,
  io: InspectIo,
  url: string,
  close: () => Promise<void>,
): Promise<number> {
  if (open) openInBrowser(url, io);
  if (!json) io.note('Ctrl-C ends it.');
  await aborted(io.signal);
  await close();
  return EXIT_OK;
}

function openInBrowser(url: string, io: InspectIo): void {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => io.note(`No browser could be opened: go to ${url}`));
  child.unref();
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
