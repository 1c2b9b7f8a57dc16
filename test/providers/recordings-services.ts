/** Whose traffic a recording is, and one recording for each of its sockets. */
import { fluxScript, listenScript, speakScript } from './recordings-deepgram.ts';
import { geminiScript } from './recordings-gemini.ts';
import { openaiScript } from './recordings-openai.ts';
import type { Script } from './recordings-player.ts';
import type { RecordedStep, Recording } from './recordings-reader.ts';
import { knownMessage } from './recordings-protocols.ts';
import { whisperScript } from './recordings-whisper.ts';
import { stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export const services: Readonly<Record<string, (recording: Recording) => Script>> = {
  openai: openaiScript,
  gemini: geminiScript,
  listen: listenScript,
  flux: fluxScript,
  speak: speakScript,
  whisper: whisperScript,
};

/** In names of folders and files, and in what a recording says of itself; `deepgram` alone may be any of three. */
const NAMES: readonly (readonly [name: RegExp, service: string])[] = [
  [/whisper|transcriptions/i, 'whisper'],
  [/flux|v2\/listen/i, 'flux'],
  [/speak|tts|aura/i, 'speak'],
  [/listen|nova/i, 'listen'],
  [/openai|azure|xai|grok|gpt-|realtime/i, 'openai'],
  [/gemini|google|vertex/i, 'gemini'],
];

/** Null where neither its names, nor its frames, nor its header say it. */
export function serviceOf({ name, hints, steps }: Recording): string | null {
  const votes = votesIn(steps);
  const [folder, file] = [name.replace(/[^/]*$/, ''), name.replace(/^.*\//, '')];
  const byName = (text: string): string | null =>
    NAMES.find(([words]) => words.test(text))?.[1] ?? null;
  // A folder may be of a company, a test or a day: frames that are all another's say more.
  const named = byName(folder);
  if (named !== null && (votes.size === 0 || votes.has(named))) return named;
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? named ?? hints.map(byName).find((found) => found !== null) ?? byName(file);
}

function votesIn(steps: readonly RecordedStep[]): ReadonlyMap<string, number> {
  const votes = new Map<string, number>();
  for (const step of steps) {
    const message = messageOf(step);
    const service = message === null ? null : (knownMessage(message)?.service ?? null);
    if (service !== null) votes.set(service, (votes.get(service) ?? 0) + 1);
  }
  return votes;
}

/** A recording may go over several sockets, one after the other. */
export function socketsOf(recording: Recording): readonly Recording[] {
  const sockets: RecordedStep[][] = [[]];
  const seen = new Set<string>();
  for (const step of recording.steps) {
    const current = sockets.at(-1) ?? [];
    const greeting = greetingIn(step);
    const isNew =
      (step.kind === 'opened' && current.length > 0) ||
      (current.at(-1)?.kind === 'closed' && step.kind !== 'closed') ||
      (greeting !== null && seen.has(greeting));
    if (isNew) {
      sockets.push([]);
      seen.clear();
    }
    if (greeting !== null) seen.add(greeting);
    sockets.at(-1)?.push(step);
  }
  const named = (at: number) => (at === 0 ? recording.name : `${recording.name} #${at + 1}`);
  return sockets.map((steps, at) => ({ ...recording, name: named(at), steps }));
}

/** What there is once on each socket. */
function greetingIn(step: RecordedStep): string | null {
  const message = messageOf(step);
  if (step.kind === 'sent' && message !== null && Object.hasOwn(message, 'setup')) return 'setup';
  if (step.kind === 'received' && stringAt(message, 'type') === 'session.created') return 'created';
  return null;
}

function messageOf(step: RecordedStep): JsonObject | null {
  return step.kind === 'sent' || step.kind === 'received' ? step.message : null;
}
