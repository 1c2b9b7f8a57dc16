import { describe, expect, it } from 'vitest';

import type { HttpHandlers, HttpRequest } from '../../src/ports/http.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { DialRequest, Frame, Socket, SocketEnd, Transport } from '../../src/ports/socket.ts';
import { deepgramSpeakHttp } from '../../src/providers/deepgram-speak/deepgram-speak.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const KEY = 'dg-0123456789abcdef';

interface Posted extends HttpHandlers {
  readonly request: HttpRequest;
  isCancelled: boolean;
}

/** An HTTP that answers when it is told to, and a socket over it. */
async function open({ withHttp = true } = {}) {
  const posts: Posted[] = [];
  const frames: Frame[] = [];
  const ends: SocketEnd[] = [];
  const pongs = { count: 0 };
  const http = {
    send: (request: HttpRequest, handlers: HttpHandlers) => {
      const post = { request, isCancelled: false, ...handlers };
      posts.push(post);
      return { cancel: () => void (post.isCancelled = true) };
    },
  };
  const dial = (): never => {
    throw new Error('no socket is dialled');
  };
  const transport: Transport = withHttp ? { dial, http } : { dial };
  const provider = deepgramSpeakHttp({ apiKey: KEY });
  const over = provider.over!({ transport, clock: systemClock });
  const request: DialRequest = await provider.dial(FORMAT, 'connect');
  let isOpen = false;
  const socket: Socket = over.dial(request, {
    onOpen: () => {
      isOpen = true;
    },
    onFrame: (frame) => void frames.push(typeof frame === 'string' ? frame : frame.slice()),
    onPong: () => (pongs.count += 1),
    onDrain: () => undefined,
    onEnd: (end) => void ends.push(end),
  });
  await settle();
  const stream = provider.openStream(FORMAT);
  const say = (id: string, text: string): void => {
    for (const frame of stream.encodeOrder?.({ kind: 'say', id, text }) ?? []) socket.send(frame);
  };
  return { provider, stream, socket, posts, frames, ends, say, pongs, isOpen: () => isOpen };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const COMPLETE = { kind: 'complete', reason: '' } as const;

function answered(post: Posted, ...bytes: number[]): void {
  post.onHead(200, {});
  post.onData(new Uint8Array(bytes));
  post.onEnd(COMPLETE);
}

describe('deepgram speak over HTTP', () => {
  it('posts each text by itself, one after the other, and confirms it where its audio is complete', async () => {
    const { say, posts, frames, stream, isOpen } = await open();
    say('a', 'One.');
    say('b', 'Two.');

    const whileTheFirstRuns = posts.length;
    answered(posts[0]!, 1, 2);
    answered(posts[1]!, 3, 4);

    expect(isOpen()).toBe(true);
    expect(whileTheFirstRuns).toBe(1);
    expect(posts.map(({ request }) => request.body)).toEqual([
      '{"text":"One."}',
      '{"text":"Two."}',
    ]);
    expect(posts[0]?.request).toMatchObject({
      method: 'POST',
      headers: { authorization: `Token ${KEY}`, 'content-type': 'application/json' },
    });
    expect(frames.flatMap((frame) => stream.decode(frame))).toMatchObject([
      { kind: 'audio', ref: 'a', bytes: new Uint8Array([1, 2]) },
      { kind: 'spoken', id: 'a' },
      { kind: 'audio', ref: 'b' },
      { kind: 'spoken', id: 'b' },
    ]);
  });

  it.each([
    [401, 'auth'],
    [413, 'config'],
    [429, 'rateLimited'],
    [503, 'transient'],
  ])(
    'ends with a refusal of %s as %s, and tells nothing of its body as audio',
    async (status, kind) => {
      const { say, posts, frames, ends, provider } = await open();
      say('a', 'One.');
      say('b', 'Two.');

      posts[0]?.onHead(status, { 'retry-after': '7' });
      posts[0]?.onData(new TextEncoder().encode('{"err_code":"NO","err_msg":"because"}'));
      posts[0]?.onEnd(COMPLETE);
      await settle();

      expect(frames).toEqual([]);
      expect(posts).toHaveLength(1);
      expect(ends).toHaveLength(1);
      expect(provider.classifyEnd(ends[0]!)).toMatchObject({
        kind,
        code: `http ${status}`,
        detail: 'NO: because',
        ...(kind === 'rateLimited' ? { retryAfterMs: 7_000 } : {}),
      });
    },
  );

  it('confirms nothing whose audio broke off', async () => {
    const { say, posts, frames, ends, provider } = await open();
    say('a', 'One.');

    posts[0]?.onHead(200, {});
    posts[0]?.onData(new Uint8Array([1, 2]));
    posts[0]?.onEnd({ kind: 'failed', errorCode: 'ECONNRESET', reason: 'gone' });

    expect(frames.filter((frame) => typeof frame === 'string')).toEqual([]);
    expect(provider.classifyEnd(ends[0]!)).toMatchObject({ kind: 'transient', code: 'ECONNRESET' });
  });

  it('is hushed at once, and speaks again', async () => {
    const { say, posts, frames, stream, socket } = await open();
    say('a', 'One.');
    say('b', 'Two.');

    for (const frame of stream.encodeOrder?.({ kind: 'interrupt', ref: null, heardMs: 0 }) ?? []) {
      socket.send(frame);
    }
    await settle();
    say('c', 'Three.');
    answered(posts[1]!, 5, 6);

    expect(posts.map(({ isCancelled }) => isCancelled)).toEqual([true, false]);
    expect(frames.flatMap((frame) => stream.decode(frame))).toMatchObject([
      { kind: 'audio', ref: 'c' },
      { kind: 'spoken', id: 'c' },
    ]);
  });

  it('says what was asked for before it closes after the goodbye', async () => {
    const { say, posts, ends, stream, socket } = await open();
    say('a', 'One.');
    socket.send(stream.encodeGoodbye()!);
    await settle();

    const whileItSpeaks = [...ends];
    answered(posts[0]!, 1, 2);
    await settle();

    expect(whileItSpeaks).toEqual([]);
    expect(ends).toEqual([{ kind: 'closed', code: 1_000, reason: '' }]);
  });

  it('tells nothing more once it is let go', async () => {
    const { say, posts, frames, ends, socket } = await open();
    say('a', 'One.');

    socket.terminate();
    posts[0]?.onEnd(COMPLETE);
    socket.close(1_000, '');
    await settle();

    expect(posts[0]?.isCancelled).toBe(true);
    expect([...frames, ...ends]).toEqual([]);
  });

  it('is refused in words where the platform has no HTTP', async () => {
    const { ends, provider, isOpen } = await open({ withHttp: false });

    expect(isOpen()).toBe(false);
    expect(provider.classifyEnd(ends[0]!)).toMatchObject({
      kind: 'config',
      code: 'HTTP_UNSUPPORTED',
      detail: 'speech over HTTP needs a transport that has it, as browserWebSocketTransport',
    });
  });
});

describe('a ping to deepgram speak over HTTP', () => {
  it('is answered at once where nothing is under way: there is no link that could be dead', async () => {
    const { socket, pongs } = await open();

    const isSent = socket.ping();
    await settle();

    expect(isSent).toBe(true);
    expect(pongs.count).toBe(1);
  });

  it.each<readonly [string, (post: Posted) => void]>([
    ['the answer begins', (post) => post.onHead(200, {})],
    ['it is over', (post) => answered(post, 1, 2)],
  ])('waits for a post that is under way until %s', async (_when, happens) => {
    const { socket, say, posts, pongs } = await open();
    say('a', 'One.');
    socket.ping();
    await settle();
    const before = pongs.count;

    happens(posts[0]!);

    expect(before).toBe(0);
    expect(pongs.count).toBe(1);
  });

  it('is answered where what was under way is dropped', async () => {
    const { socket, say, stream, pongs } = await open();
    say('a', 'One.');
    socket.ping();

    for (const frame of stream.encodeOrder?.({ kind: 'interrupt', ref: null, heardMs: 0 }) ?? []) {
      socket.send(frame);
    }
    await settle();

    expect(pongs.count).toBe(1);
  });
});
