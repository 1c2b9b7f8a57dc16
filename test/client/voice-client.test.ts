/** The client of every platform, over real sockets, with a real gateway. */
import { afterEach, describe, expect, it } from 'vitest';

import type {
  CapturedChunk,
  CaptureHandlers,
  PcmSource,
  RecordedChunk,
} from '../../src/capture/capture.types.ts';
import type { VoiceClientOptions } from '../../src/client/client-options.ts';
import type { TokenRequest, VoiceClientPlatform } from '../../src/client/client.types.ts';
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
import { TenutoError } from '../../src/ports/errors.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

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

async function served(
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
  closers.push(() => server.close());
  return server;
}

/** Speaks when it is told to. */
class Source<Chunk extends CapturedChunk = CapturedChunk> implements PcmSource {
  readonly format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
  handlers: CaptureHandlers<Chunk> | null = null;
  isStopped = false;

  start(handlers: CaptureHandlers<Chunk>): Promise<void> {
    this.handlers = handlers;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }

  renew(): void {
    // the pieces of these tests are made by hand
  }

  say(seconds: number): void {
    for (let n = 0; n < seconds * 10; n += 1) {
      const chunk = {
        bytes: new Uint8Array(3_200).fill(1),
        capturedAtMs: n * 100,
        durationMs: 100,
      };
      this.handlers?.onChunk(chunk as unknown as Chunk);
    }
  }
}

function clientOf(
  url: string,
  options: VoiceClientOptions = {},
  token?: ConstructorParameters<typeof VoiceClientCore>[2],
) {
  const source = new Source();
  const recorder = new Source<RecordedChunk & CapturedChunk>();
  const platform: VoiceClientPlatform = {
    createSession: (given) => new Session({ transport: nodeWebSocketTransport, ...given }),
    createMicrophone: () => source,
    createRecorder: () => recorder,
    openMessages: (at, given) => new ResumableWebSocket(at, [], given),
  };
  const client = new VoiceClientCore(platform, url, token, options);
  closers.push(() => client.close());
  const told: string[] = [];
  const texts: string[] = [];
  client.on('open', () => told.push('open'));
  client.on('reconnecting', (attempt) => told.push(`reconnecting ${attempt}`));
  client.on('reconnected', ({ isResumed }) => told.push(`reconnected ${isResumed}`));
  client.on('connectionFailed', ({ code }) => told.push(`failed ${code}`));
  client.on('error', ({ code }) => told.push(`error ${code}`));
  client.on('close', () => told.push('close'));
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

describe('a voice client', () => {
  it('keeps what was heard before it was connected, and is told what came of it', async () => {
    const { url } = await served();
    const { client, source, told, texts, texted } = clientOf(url.replace('ws:', 'http:'));
    await client.startAudioCapture();
    source.say(1);
    expect(client.getStatus()).toMatchObject({
      status: 'idle',
      isCapturing: true,
      bufferedAudioChunks: 10,
      bufferedAudioMs: 1_000,
    });

    await client.connect('speech', 'anna');
    source.say(1);
    await texted(2);
    const result = await client.close();

    expect(texts).toEqual(['second 0', 'second 1']);
    expect(result).toMatchObject({ drained: true, ledger: { captured: 20, gap: 0 } });
    expect(source.isStopped).toBe(true);
    expect(told.slice(0, 3)).toEqual(['idle>connecting', 'connecting>connected', 'open']);
    expect(told.at(-1)).toBe('close');
    expect(client.getStatus()).toMatchObject({
      status: 'disconnected',
      isConnected: false,
      isCapturing: false,
      agent: 'speech',
      user: 'anna',
      error: null,
    });
  });

  it('goes on where it was when the gateway comes back, and says so', async () => {
    const store = createMemoryStore();
    const first = await served({ store });
    const { client, source, told, texts, texted } = clientOf(first.url);
    await client.connect();
    await client.startAudioCapture();
    source.say(1);
    await texted(1);

    await first.close();
    source.say(1);
    await served({ store, port: first.port });
    await texted(2);

    expect(texts).toEqual(['second 0', 'second 1']);
    expect(told).toContain('reconnecting 1');
    expect(told).toContain('reconnected true');
    expect(told.filter((each) => each === 'open')).toHaveLength(1);
    expect(client.getStatus()).toMatchObject({ isConnected: true, reconnectAttempts: 0 });
  });

  it('asks who brings bearers for the user and the agent that are to be served', async () => {
    const { url } = await served({ subject: 'anna' });
    const asked: TokenRequest[] = [];
    const { client } = clientOf(url, {}, (request) => {
      asked.push(request);
      return Promise.resolve(request.user ?? '');
    });

    await client.connect('speech', 'anna');

    expect(asked).toEqual([{ reason: 'connect', agent: 'speech', user: 'anna' }]);
  });

  it('gives up where the gateway refuses it, stops the microphone, and says why', async () => {
    const { url } = await served({ subject: 'anna' });
    const { client, source, told } = clientOf(url, {}, 'nobody');
    const stopped = new Promise((resolve) => client.on('capture', resolve));
    await client.startAudioCapture();

    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTH_REFUSED' });

    expect(await stopped).toMatchObject({ type: 'stopped', error: { code: 'AUTH_REFUSED' } });
    expect(source.isStopped).toBe(true);
    expect(told).toContain('failed AUTH_REFUSED');
    expect(client.getStatus()).toMatchObject({
      status: 'error',
      isCapturing: false,
      error: { code: 'AUTH_REFUSED' },
    });
  });

  it('dials as often as it was told to, and may be connected again', async () => {
    const { url, port, close } = await served();
    await close();
    const options = { maxReconnectAttempts: 2, initialReconnectDelay: 5, maxReconnectDelay: 10 };
    const { client, told } = clientOf(url, options);

    await expect(client.connect()).rejects.toBeInstanceOf(TenutoError);
    expect(told.filter((each) => each.startsWith('reconnecting '))).toEqual([
      'reconnecting 1',
      'reconnecting 2',
    ]);
    await served({ port });
    await client.connect();

    expect(client.getStatus()).toMatchObject({ isConnected: true, error: null });
  });

  it('is for one agent and one user', async () => {
    const { url } = await served();
    const { client } = clientOf(url);
    await client.connect('speech', 'anna');

    await expect(client.connect('messages', 'anna')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
    await expect(client.connect('speech', 'ben')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await client.close();
    await expect(client.connect()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(client.startAudioCapture()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it.each([
    ['ftp://voice.example', 'begins with wss://'],
    ['ws://voice.example', 'wss:'],
  ])('refuses the address %s as it is made', (url, remediation) => {
    expect(() => clientOf(url)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        remediation: expect.stringContaining(remediation),
      }),
    );
  });

  it('passes an exception of a listener to nobody', async () => {
    const { url } = await served();
    const { client } = clientOf(url);
    client.on('open', () => {
      throw new Error('mine');
    });

    await expect(client.connect()).resolves.toBeUndefined();
  });
});

describe('a voice client with a container', () => {
  const piece = (bytes: number, recording: number, isHeader: boolean) => ({
    bytes: new Uint8Array(bytes).fill(recording),
    mimeType: 'audio/webm;codecs=opus',
    capturedAtMs: 5,
    durationMs: 250,
    recording,
    isHeader,
  });

  it('sends what was recorded before anybody was dialled', async () => {
    const server = await served();
    const { client, recorder, texts, texted } = clientOf(server.url, { audioFormat: 'audio/webm' });
    await client.startAudioCapture();
    recorder.handlers?.onChunk(piece(100, 1, true));
    recorder.handlers?.onChunk(piece(200, 1, false));

    await client.connect();
    await client.connect(); // it is there already
    await texted(4);

    expect(JSON.parse(texts[0]!)).toMatchObject({ isHeader: true, bytes: 100 });
    expect([texts[1], texts[3]]).toEqual(['100 bytes', '200 bytes']);
    await client.close();
  });

  it('sends each piece once and in order, with what it is before it, through a gateway that is replaced', async () => {
    const store = createMemoryStore();
    const first = await served({ store });
    const { client, recorder, told, texts, texted } = clientOf(first.url, {
      audioFormat: 'audio/webm',
    });
    await client.connect();
    await client.startAudioCapture();
    recorder.handlers?.onChunk(piece(100, 1, true));
    await texted(2);

    await first.close();
    recorder.handlers?.onChunk(piece(70_000, 1, false));
    expect(client.getStatus()).toMatchObject({ bufferedAudioChunks: 1, bufferedAudioMs: 250 });
    await served({ store, port: first.port });
    await texted(5);

    const head = {
      type: 'audio',
      mimeType: 'audio/webm;codecs=opus',
      capturedAtMs: 5,
      durationMs: 250,
      recording: 1,
    };
    expect(JSON.parse(texts[0]!)).toEqual({ ...head, isHeader: true, bytes: 100 });
    expect(JSON.parse(texts[2]!)).toEqual({ ...head, isHeader: false, bytes: 70_000 });
    expect([texts[1], texts[3], texts[4]]).toEqual(['100 bytes', '65512 bytes', '4488 bytes']);
    expect(told).toContain('reconnected true');
    expect(client.getStatus()).toMatchObject({ agent: 'messages', ledger: null });
    expect(client.session).toBeNull();
    await client.close();
    expect(told.slice(-2)).toEqual(['active>disconnected', 'close']);
  });
});
