/** The client of every platform, over real sockets, with real gateways, and microphones that speak when they are told to. */
import { onTestFinished } from 'vitest';

import type {
  CaptureHandlers,
  PcmSource,
  RecordedChunk,
  RecordingSource,
} from '../../src/capture/capture.types.ts';
import type { VoiceClientOptions } from '../../src/client/client-options.ts';
import type { VoiceClientPlatform } from '../../src/client/client.types.ts';
import { VoiceClientCore } from '../../src/client/voice-client.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import type { App } from '../../src/gateway/app.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { Session } from '../../src/session/session.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

/** Hears a second of audio as its number. */
const counting: App = {
  open: (session, { fin }) => {
    let heard = fin;
    return {
      audio: ({ position, bytes }) => {
        for (const end = position + bytes.length / 2; end - heard >= 16_000; heard += 16_000) {
          session.result({
            type: 'final',
            from: heard,
            to: heard + 16_000,
            text: `second ${heard / 16_000}`,
          });
        }
      },
      message: (seq) => session.handled(seq),
      event: (seq) => session.handled(seq),
      gap: ({ toSeq }) => session.handled(toSeq),
      finish: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  },
};

export async function served(
  options: { readonly port?: number; readonly store?: LogStore; readonly subject?: string } = {},
): Promise<GatewayServer> {
  const { port = 0, store = createMemoryStore(), subject } = options;
  const server = await startGateway({
    port,
    store,
    apps: new Map([
      ['speech', counting],
      ['messages', createEchoApp()],
    ]),
    ...(subject === undefined
      ? {}
      : { verify: (bearer) => Promise.resolve(bearer === subject ? { subject } : null) }),
  });
  onTestFinished(() => server.close());
  return server;
}

/** Speaks when it is told to. */
class Source implements PcmSource {
  readonly format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
  #handlers: CaptureHandlers | null = null;
  isStopped = false;

  start(handlers: CaptureHandlers): Promise<void> {
    this.#handlers = handlers;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }

  say(seconds: number): void {
    for (let n = 0; n < seconds * 10; n += 1) {
      const bytes = new Uint8Array(3_200).fill(1);
      this.#handlers?.onChunk({ bytes, capturedAtMs: n * 100, durationMs: 100 });
    }
  }
}

/** Pieces of 250 ms, when it is told to. */
class Recorder implements RecordingSource {
  #handlers: CaptureHandlers<RecordedChunk> | null = null;
  #recording = 0;
  #isNew = true;
  #atMs = 0;

  start(handlers: CaptureHandlers<RecordedChunk>): Promise<void> {
    this.#handlers = handlers;
    this.renew();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  renew(): void {
    this.#recording += 1;
    this.#isNew = true;
  }

  record(bytes: number): void {
    this.#handlers?.onChunk({
      bytes: new Uint8Array(bytes).fill(this.#recording),
      mimeType: 'audio/webm;codecs=opus',
      capturedAtMs: this.#atMs,
      durationMs: 250,
      recording: this.#recording,
      isHeader: this.#isNew,
    });
    this.#atMs += 250;
    this.#isNew = false;
  }
}

export function clientOf(
  url: string,
  options: VoiceClientOptions = {},
  token?: ConstructorParameters<typeof VoiceClientCore>[2],
) {
  const source = new Source();
  const recorder = new Recorder();
  const platform: VoiceClientPlatform = {
    createSession: (given) => new Session({ transport: nodeWebSocketTransport, ...given }),
    createMicrophone: () => source,
    createRecorder: () => recorder,
    openMessages: (at, given) => new ResumableWebSocket(at, [], given),
  };
  const client = new VoiceClientCore(platform, url, token, options);
  onTestFinished(async () => {
    await client.close();
  });
  const told: string[] = [];
  const texts: string[] = [];
  client.on('open', () => told.push('open'));
  client.on('reconnecting', (attempt) => told.push(`reconnecting ${attempt}`));
  client.on('reconnected', ({ isResumed }) => told.push(`reconnected ${isResumed}`));
  client.on('connectionFailed', ({ code }) => told.push(`failed ${code}`));
  client.on('error', ({ code }) => told.push(`error ${code}`));
  client.on('close', () => told.push('close'));
  client.on('capture', (event) => {
    if (event.type === 'hole') told.push(`hole ${event.fromMs} to ${event.toMs}`);
  });
  client.on('statusChanged', (current, previous) => told.push(`${previous}>${current}`));
  client.on('message', (message) => {
    if (message.type === 'transcript' && message.isFinal) texts.push(message.text);
    if (message.type === 'data')
      texts.push(
        typeof message.data === 'string' ? message.data : `${message.data.byteLength} bytes`,
      );
  });
  const texted = async (count: number): Promise<void> => {
    while (texts.length < count)
      await new Promise<void>((resolve) => client.on('message', () => resolve()));
  };
  return { client, source, recorder, told, texts, texted };
}
