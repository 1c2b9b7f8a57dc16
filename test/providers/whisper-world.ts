/** A service as a function, a socket to it, and a detector that hears numbers. */
import { whisper } from '../../src/providers/whisper/whisper.ts';
import type { WhisperOptions } from '../../src/providers/whisper/whisper.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import type { AudioFormat } from '../../src/ports/audio-format.ts';
import type { Http, HttpHandlers, HttpRequest } from '../../src/ports/http.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { Socket, SocketEnd } from '../../src/ports/socket.ts';
import type { CreateVoiceActivityDetector } from '../../src/ports/voice-activity.ts';
import { VirtualClock, settle } from '../../src/testing/virtual-clock.ts';

export const FORMAT: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
const SAMPLES_PER_MS = 16;

/** Loud is speech: it remembers nothing, as if it were reset after every frame. */
export const loudnessVad: CreateVoiceActivityDetector = () =>
  Promise.resolve({
    frameSamples: 160,
    isSpeech: (frame) => frame.some((sample) => Math.abs(sample) > 1_000),
    reset: () => undefined,
  });

/** A letter stands for 100 ms: `.` is silence, `s` and others speech, each its own. */
export function audioOf(pattern: string): Uint8Array {
  const samples = new Int16Array(pattern.length * 1_600);
  pattern.split('').forEach((letter, index) => {
    if (letter === '.') return;
    const level = letter === 'q' ? 20 : 4_000 + 50 * letter.charCodeAt(0);
    for (let at = 0; at < 1_600; at += 1) {
      samples[index * 1_600 + at] = at % 2 === 0 ? level : -level;
    }
  });
  return new Uint8Array(samples.buffer);
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly errorCode?: string;
}

/** One post that the service was sent, to be answered when the test says so. */
class FakePost {
  readonly request: HttpRequest;
  readonly handlers: HttpHandlers;
  isCancelled = false;

  constructor(request: HttpRequest, handlers: HttpHandlers) {
    this.request = request;
    this.handlers = handlers;
  }

  get key(): string {
    return this.request.headers?.['idempotency-key'] ?? '';
  }

  get form(): string {
    return Buffer.from(this.request.body as Uint8Array).toString('latin1');
  }

  answer({ status = 200, headers = {}, body = '', errorCode }: Reply): void {
    if (errorCode !== undefined) {
      this.handlers.onEnd({ kind: 'failed', errorCode, reason: 'broken' });
      return;
    }
    this.handlers.onHead(status, headers);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.handlers.onData(new TextEncoder().encode(text));
    this.handlers.onEnd({ kind: 'complete', reason: '' });
  }

  say(text: string): void {
    this.answer({ body: { text } });
  }
}

class FakeHttp implements Http {
  readonly posts: FakePost[] = [];
  readonly probes: FakePost[] = [];
  probeReply: Reply | null = { status: 200, body: { status: 'ok' } };

  send(request: HttpRequest, handlers: HttpHandlers): { cancel(): void } {
    const post = new FakePost(request, handlers);
    if (request.method === 'POST') this.posts.push(post);
    else {
      this.probes.push(post);
      const reply = this.probeReply;
      if (reply !== null) queueMicrotask(() => post.answer(reply));
    }
    return {
      cancel: () => {
        post.isCancelled = true;
      },
    };
  }
}

export interface Talk {
  readonly socket: Socket;
  readonly stream: ProviderStream;
  readonly events: ProviderEvent[];
  readonly ends: SocketEnd[];
  readonly pongs: { count: number };
  readonly drains: { count: number };
  readonly isOpen: () => boolean;
  send(audio: Uint8Array, chunkBytes?: number): void;
}

export class World {
  readonly clock = new VirtualClock();
  readonly http = new FakeHttp();
  readonly provider: Provider;

  constructor(options: WhisperOptions = {}) {
    this.provider = whisper({ vad: loudnessVad, random: seededRandom(1), ...options });
  }

  async talk(http: Http | null = this.http): Promise<Talk> {
    const { provider, clock } = this;
    const request = await provider.dial(FORMAT, 'connect');
    const platform = {
      dial: (): never => {
        throw new Error('nobody dials a socket here');
      },
      ...(http === null ? {} : { http }),
    };
    const transport = provider.over!({ transport: platform, clock });
    const stream = provider.openStream(FORMAT);
    const events: ProviderEvent[] = [];
    const ends: SocketEnd[] = [];
    const pongs = { count: 0 };
    const drains = { count: 0 };
    let isOpen = false;
    const socket = transport.dial(request, {
      onOpen: () => (isOpen = true),
      onFrame: (frame) => events.push(...stream.decode(frame)),
      onPong: () => (pongs.count += 1),
      onDrain: () => (drains.count += 1),
      onEnd: (end) => ends.push(end),
    });
    await settle();
    await settle();
    const send = (audio: Uint8Array, chunkBytes = 3_200): void => {
      for (let at = 0; at < audio.length; at += chunkBytes) {
        socket.send(stream.encodeAudio(audio.subarray(at, at + chunkBytes)));
      }
    };
    return { socket, stream, events, ends, pongs, drains, isOpen: () => isOpen, send };
  }
}

export type Final = Extract<ProviderEvent, { kind: 'transcript' }>;

export function finalsIn(events: readonly ProviderEvent[]): readonly Final[] {
  return events.filter((event): event is Final => event.kind === 'transcript' && event.isFinal);
}

/** Finals as `[from ms, to ms, text]`. */
export function told(events: readonly ProviderEvent[]): readonly (readonly unknown[])[] {
  return finalsIn(events).map(({ startSample, endSample, text }) => [
    startSample / SAMPLES_PER_MS,
    endSample / SAMPLES_PER_MS,
    text,
  ]);
}
