/** Whose traffic a recording is, and one recording for each of its sockets. */
import { fluxScript, listenScript, speakScript } from './recordings-deepgram.ts';
import { geminiScript } from './recordings-gemini.ts';
import { openaiScript } from './recordings-openai.ts';
import type { Script } from './recordings-player.ts';
import type { RecordedStep, Recording } from './recordings-reader.ts';
import { stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export const services: Readonly<Record<string, (recording: Recording) => Script>> = {
  openai: openaiScript,
  gemini: geminiScript,
  listen: listenScript,
  flux: fluxScript,
  speak: speakScript,
};

/** By the name of the folder; `deepgram` alone may be any of three. */
const FOLDERS: readonly (readonly [name: RegExp, service: string])[] = [
  [/flux/i, 'flux'],
  [/speak|tts|aura/i, 'speak'],
  [/listen|nova/i, 'listen'],
  [/openai|azure|xai|grok/i, 'openai'],
  [/gemini|google|vertex/i, 'gemini'],
];

const MEMBERS =
  /^(setup|setup_?complete|server_?content|client_?content|realtime_?input|tool_?(call|response))/i;
const TYPES: readonly (readonly [type: RegExp, service: string])[] = [
  [/^(session\.(created|updated|update)|response\.|input_audio_buffer\.|conversation\.)/, 'openai'],
  [/^(TurnInfo|Connected|Configure\w*|ForceEndTurn)$/, 'flux'],
  [/^(Speak|Flush|Flushed|Clear|Cleared|Close)$/, 'speak'],
  [/^(Results|UtteranceEnd|SpeechStarted|KeepAlive|Finalize|CloseStream)$/, 'listen'],
];

/** Null where neither the folder nor the frames say it. */
export function serviceOf({ name, steps }: Recording): string | null {
  const folder = name.split('/').slice(0, -1).join('/');
  const byFolder = FOLDERS.find(([words]) => words.test(folder));
  if (byFolder !== undefined) return byFolder[1];

  const votes = new Map<string, number>();
  for (const step of steps) {
    const message = messageOf(step);
    const service = message === null ? null : serviceOfMessage(message);
    if (service !== null) votes.set(service, (votes.get(service) ?? 0) + 1);
  }
  return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

function serviceOfMessage(message: JsonObject): string | null {
  const type = stringAt(message, 'type');
  if (type === null) return Object.keys(message).some((key) => MEMBERS.test(key)) ? 'gemini' : null;
  return TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? null;
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
