/** What every session promises, whatever it went through: held against what the service heard and said. */
import type { SaidResult } from './provider-server.ts';
import type { ConformanceRun } from './run.ts';
import { speechFaultsIn } from './speech-promises.ts';
import type { AcceptedLink } from './switchboard.ts';
import { mismatch } from './waiting.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { TranscriptEvent } from '../../session/events.ts';

/** What was still done once the session was closed. */
export interface Afterwards {
  readonly dials: number;
  /** Timers that were left. */
  readonly timers: number;
  /** Requests that were left. */
  readonly requests: number;
}

export function assertPromises(run: ConformanceRun, afterwards: Afterwards): void {
  const broken = [
    ...run.provider.violations,
    ...booksOf(run),
    ...quietOf(run, afterwards),
    ...attemptsOf(run),
    ...secretsOf(run),
    ...audioOf(run),
    ...speechFaultsIn(run),
  ];
  if (broken.length > 0) throw mismatch(broken.join('; '));
}

/** captured = delivered + gap + buffered. */
function booksOf({ session: { ledger } }: ConformanceRun): readonly string[] {
  const { captured, delivered, gap, buffered } = ledger;
  if (delivered + gap + buffered === captured) return [];
  return [`of ${captured} chunks, ${delivered} + ${gap} + ${buffered} are accounted for`];
}

function quietOf(run: ConformanceRun, { dials, timers, requests }: Afterwards): readonly string[] {
  const { session, transport } = run;
  const broken: string[] = [];
  if (session.status !== 'disconnected') broken.push(`closed, its status is ${session.status}`);
  if (dials > 0) broken.push('it dialled after it was closed');
  if (timers > 0) broken.push(`${timers} timers were left`);
  if (requests > 0) broken.push(`${requests} requests were left under way`);
  if (transport.live.length > 0) broken.push(`${transport.live.length} sockets were left`);
  if (transport.most > run.mostSockets) broken.push(`${transport.most} sockets stood at once`);
  return broken;
}

/** Each attempt is within the limit, and something comes of it. */
function attemptsOf({ events }: ConformanceRun): readonly string[] {
  const broken: string[] = [];
  let isOpen = false;
  for (const event of events) {
    if (event.type === 'connection.reconnecting') {
      isOpen = true;
      if (event.attempt > event.maxAttempts) broken.push(`attempt ${event.attempt} was made`);
    }
    const isEnd =
      event.type === 'connection.reconnected' ||
      event.type === 'connection.failed' ||
      (event.type === 'stateChange' && event.current === 'disconnected');
    if (isEnd) isOpen = false;
  }
  return isOpen ? [...broken, 'nothing came of an attempt that was announced'] : broken;
}

/** What a dial carries turns up in no event, no error, no log line, no chart. */
function secretsOf(run: ConformanceRun): readonly string[] {
  const told = [
    ...run.events.map((event) =>
      event.type === 'error' ? `${event.error.message} ${event.error.remediation}` : textOf(event),
    ),
    ...run.logged,
    ...run.log.steps.map(({ snapshot }) => textOf(snapshot.context)),
  ].join('\n');
  return [...run.provider.secrets]
    .filter((secret) => told.includes(secret))
    .map(() => 'a credential was told in an event, an error or a log line');
}

/** Finals and gaps cover what was captured from its start, once; each final stands where its audio was. */
function audioOf(run: ConformanceRun): readonly string[] {
  const finals = run.events.filter(
    (event): event is TranscriptEvent => event.type === 'transcript' && event.isFinal,
  );
  const broken: string[] = [];
  const gaps = run.events.filter((event) => event.type === 'gap');
  const covered = [
    ...finals.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs })),
    ...gaps,
  ].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
  let throughMs = 0;
  for (const { fromMs, toMs } of covered) {
    if (!isNear(run, fromMs, throughMs)) broken.push(`${throughMs} ms is followed by ${fromMs} ms`);
    throughMs = Math.max(throughMs, toMs);
  }
  const { deliveredMs, gapMs } = run.session.ledger;
  if (!isNear(run, throughMs, deliveredMs + gapMs)) {
    broken.push(`results and gaps end at ${throughMs} ms, the books at ${deliveredMs + gapMs} ms`);
  }
  return [...broken, ...finals.flatMap((final) => placeOf(run, final))];
}

function placeOf(run: ConformanceRun, final: TranscriptEvent): readonly string[] {
  for (const accepted of run.service.links) {
    const said = accepted.link.said.find(({ text }) => text === final.text);
    if (said?.clip !== undefined) return isOfClip(run, said.clip, final);
    if (said !== undefined) return run.arePlacesTold ? isInPlace(run, accepted, said, final) : [];
  }
  return final.text === '' ? [] : [`nobody said "${final.text}"`];
}

/** The audio of the result, as the service heard it, is the audio at that place, as it was captured. */
function isInPlace(
  run: ConformanceRun,
  { link }: AcceptedLink,
  { from, to, text }: SaidResult,
  { startMs, endMs }: TranscriptEvent,
): readonly string[] {
  const heard = withoutSilence(link.audio.subarray(from * BYTES_PER_SAMPLE, to * BYTES_PER_SAMPLE));
  const bytesAt = (ms: number): number =>
    Math.round((ms * run.sampleRateHz) / 1_000) * BYTES_PER_SAMPLE;
  const captured = run.microphone.captured.subarray(bytesAt(startMs), bytesAt(endMs));
  if (Buffer.compare(heard, captured) === 0) return [];
  return [`"${text}" is told of ${startMs} to ${endMs} ms, where other audio was`];
}

/** Of a clip it is known where it was captured: nothing in it is there twice. */
function isOfClip(
  run: ConformanceRun,
  clip: Uint8Array,
  { text, startMs, endMs }: TranscriptEvent,
): readonly string[] {
  const bytesAt = (ms: number): number =>
    Math.round((ms * run.sampleRateHz) / 1_000) * BYTES_PER_SAMPLE;
  const captured = Buffer.from(run.microphone.captured.subarray(bytesAt(startMs), bytesAt(endMs)));
  if (captured.includes(Buffer.from(clip))) return [];
  return [`"${text}" is told of ${startMs} to ${endMs} ms, and its clip is of other audio`];
}

/** The session may send silence that nobody captured; what is captured here has none. */
function withoutSilence(bytes: Uint8Array): Uint8Array {
  const samples = new Int16Array(new Uint8Array(bytes).buffer).filter((sample) => sample !== 0);
  return new Uint8Array(samples.buffer);
}

/** Less than half a sample apart. */
function isNear({ sampleRateHz }: ConformanceRun, aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) < 500 / sampleRateHz;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
