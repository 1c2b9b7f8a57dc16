/** A service that speaks in the contract's own words: a text frame is the JSON of one provider event. */
import type { Failure } from '../../machines/failure.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type {
  CredentialReason,
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
} from '../../src/providers/contract.ts';
import { scriptedProvider } from '../../src/testing/conformance/scripted-provider.ts';
import type { FakeSocket } from './fake-transport.ts';

export const FLUSH = 'flush';
export const GOODBYE = 'goodbye';
const KEEP_ALIVE = 'keepAlive';

export interface FakeProviderOptions {
  readonly traits?: Partial<ProviderTraits>;
  /** Asked on every dial, as a credential is. */
  readonly askCredential?: (reason: CredentialReason) => Promise<unknown>;
  readonly dialTimeoutMs?: number;
  readonly openStream?: () => Partial<ProviderStream>;
}

export function fakeProvider(options: FakeProviderOptions = {}): Provider {
  // No known end: one candidate is then decided by its connection chart alone.
  const traits = { announcesEnd: false, ...options.traits };
  return {
    ...scriptedProvider({ url: 'ws://fake', name: 'fake', traits }),
    dial: async (_format, reason) => {
      await options.askCredential?.(reason);
      return { url: 'ws://fake', timeoutMs: options.dialTimeoutMs ?? 10_000 };
    },
    openStream: () => ({
      encodeAudio: (bytes) => bytes,
      encodeKeepAlive: () => KEEP_ALIVE,
      encodeFlush: () => FLUSH,
      encodeGoodbye: () => GOODBYE,
      decode: (frame) => (typeof frame === 'string' ? [JSON.parse(frame) as ProviderEvent] : []),
      ...options.openStream?.(),
    }),
    classifyEnd,
  };
}

/** The reason of a close may name the kind of failure; a refusal has its status. */
function classifyEnd(end: SocketEnd): Failure {
  const byStatus = new Map<number, Failure['kind']>([
    [400, 'config'],
    [401, 'auth'],
    [402, 'quota'],
    [429, 'rateLimited'],
  ]);
  if (end.status !== undefined) {
    const kind = byStatus.get(end.status) ?? 'transient';
    return { kind, code: `http ${end.status}`, detail: end.body ?? '' };
  }
  const kind = end.reason === '' ? 'transient' : (end.reason as Failure['kind']);
  return { kind, code: String(end.code), detail: '' };
}

export interface FakeResult {
  readonly fromSample: number;
  readonly toSample: number;
  readonly text?: string;
  readonly isFinal?: boolean;
  readonly answersFlush?: boolean;
}

/** One frame with a transcript, whose words share the time evenly. */
export function transcriptFrame(result: FakeResult): string {
  const { fromSample, toSample, text = 'word', isFinal = true, answersFlush = false } = result;
  const words = text === '' ? [] : text.split(' ');
  const length = (toSample - fromSample) / Math.max(1, words.length);
  const event: ProviderEvent = {
    kind: 'transcript',
    text,
    words: words.map((word, index) => ({
      text: word,
      startSample: fromSample + index * length,
      endSample: fromSample + (index + 1) * length,
      confidence: 1,
    })),
    startSample: fromSample,
    endSample: toSample,
    isFinal,
    endsUtterance: false,
    answersFlush,
  };
  return JSON.stringify(event);
}

const settledSamples = new WeakMap<FakeSocket, number>();

/** The other end answers a flush with the final of all that came, and a goodbye with that, `finished` and a close. */
export function answerControl(socket: FakeSocket, frame: string | Uint8Array): void {
  if (frame !== FLUSH && frame !== GOODBYE) return;
  const heard = socket.heard.length / 2;
  const fromSample = settledSamples.get(socket) ?? 0;
  settledSamples.set(socket, heard);
  if (heard > fromSample) {
    const answersFlush = frame === FLUSH;
    socket.answer(transcriptFrame({ fromSample, toSample: heard, text: 'rest', answersFlush }));
  }
  if (frame === GOODBYE) {
    socket.answer(JSON.stringify({ kind: 'finished', samples: heard } satisfies ProviderEvent));
    socket.endsAfter(15, { code: 1000, reason: '' });
  }
}

/** Says a final and remembers it, so that `answerControl` goes on from there. */
export function sayFinal(socket: FakeSocket, result: Omit<FakeResult, 'isFinal'>): void {
  settledSamples.set(socket, result.toSample);
  socket.say(transcriptFrame(result));
}
