/** The service of requests that conformance runs use: it holds each until it is told how to answer. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { systemClock } from '../../src/ports/clock.ts';
import type { Http } from '../../src/ports/http.ts';
import type { DialRequest, SocketHandlers, Transport } from '../../src/ports/socket.ts';
import type { ProviderWorld } from '../../src/providers/contract.ts';
import type { ServiceDial, ServiceLink } from '../../src/testing/conformance/provider-server.ts';
import type { RequestScript } from '../../src/testing/conformance/request-script.ts';
import { ScriptedHttpServer } from '../../src/testing/conformance/scripted-http-server.node.ts';
import { Facts } from '../../src/testing/conformance/waiting.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

const echo: RequestScript = {
  refusals: { auth: { status: 401, body: 'no' } },
  endings: { quota: { status: 402, body: ({ url }) => `not for ${url}` } },
  declines: { status: 422 },
  isDial: ({ method }) => method === 'GET',
  hears: {
    clipIn: ({ body }) => body.slice(),
    result: (text, { samples }) => ({ body: `${text}, ${samples} samples` }),
  },
};

const handlers: SocketHandlers = {
  onOpen: () => undefined,
  onFrame: () => undefined,
  onPong: () => undefined,
  onDrain: () => undefined,
  onEnd: () => undefined,
};

interface Asked {
  readonly answers: string[];
  readonly ends: string[];
  cancel(): void;
}

/** A dial that asks, and two sockets that each can post. */
async function startWorld() {
  const facts = new Facts();
  const dials: ServiceDial[] = [];
  const server = new ScriptedHttpServer(echo);
  await server.start({
    onDial: (dial) => {
      dials.push(dial);
      facts.changed();
    },
    onActivity: facts.changed,
  });
  onTestFinished(() => server.stop());
  const ask = (http: Http, method: 'GET' | 'POST', body?: Uint8Array): Asked => {
    const [answers, ends]: [string[], string[]] = [[], []];
    let [status, text] = [0, ''];
    const request = { method, url: `${server.url}/speech`, timeoutMs: 5_000 };
    const exchange = http.send(body === undefined ? request : { ...request, body }, {
      onHead: (told) => (status = told),
      onData: (bytes) => (text += Buffer.from(bytes).toString()),
      onEnd: ({ kind }) => {
        ends.push(kind);
        answers.push(`${status} ${text}`);
        facts.changed();
      },
    });
    return { answers, ends, cancel: () => exchange.cancel() };
  };
  const posts: ((bytes: number) => Asked)[] = [];
  const asked: Asked[] = [];
  const make = ({ transport: { http } }: ProviderWorld): Transport => ({
    dial: () => {
      asked.push(ask(http as Http, 'GET'));
      const index = posts.length;
      let last: Asked | null = null;
      posts.push((bytes) => {
        opened[index]?.send(new Uint8Array(bytes));
        return last as unknown as Asked;
      });
      return {
        bufferedBytes: 0,
        send: (frame) => (last = ask(http as Http, 'POST', frame as Uint8Array)),
        ping: () => true,
        close: () => undefined,
        terminate: () => last?.cancel(),
      };
    },
  });
  const over = server.over(make, { transport: nodeWebSocketTransport, clock: systemClock });
  const request: DialRequest = { url: server.url, timeoutMs: 5_000 };
  const opened: ReturnType<Transport['dial']>[] = [];
  const until = (isSo: () => boolean, what: string): Promise<void> => facts.until(isSo, () => what);
  const dial = async (): Promise<ServiceDial> => {
    const { length } = dials;
    opened.push(over.dial(request, handlers));
    await until(() => dials.length > length, 'dial');
    return dials[length]!;
  };
  const accepted = async (): Promise<{ link: ServiceLink; post: (bytes: number) => Asked }> => {
    const link = (await dial()).accept();
    return { link, post: posts.at(-1)! };
  };
  return { server, dial, accepted, asked, opened, until };
}

describe('a dial that asks the service', () => {
  it('is held until it is accepted', async () => {
    const { dial, asked, until } = await startWorld();

    const held = await dial();
    const before = asked[0]!.answers.length;
    held.accept();
    await until(() => asked[0]!.answers.length === 1, 'answer');

    expect(before).toBe(0);
    expect(asked[0]!.answers).toEqual(['200 ']);
  });

  it.each([
    ['refused as the script says', 'auth', '401 no', 'complete'],
    ['cut off', 'reset', '0 ', 'failed'],
  ] as const)('is %s', async (_how, how, answer, end) => {
    const { dial, asked, until } = await startWorld();

    (await dial()).refuse(how);
    await until(() => asked[0]!.ends.length === 1, 'end');

    expect(asked[0]!.answers).toEqual([answer]);
    expect(asked[0]!.ends).toEqual([end]);
  });

  it('is not refused in a way that the script does not have', async () => {
    const { dial } = await startWorld();
    const held = await dial();

    expect(() => held.refuse('quota')).toThrow(/refuses no dial as quota/);
  });
});

describe('a request', () => {
  it('is held until it is answered, and nothing is calm while its answer is on the way', async () => {
    const { accepted, until, server, asked } = await startWorld();
    const { link, post } = await accepted();
    await until(() => asked[0]!.ends.length === 1, 'end of the dial');

    const posted = post(8);
    const onTheWay = server.isCalm;
    await until(() => link.isHolding === true, 'request');
    const held = [server.isCalm, server.openRequests, posted.answers.length];
    link.settle();
    const answering = server.isCalm;
    await until(() => posted.ends.length === 1, 'answer');

    expect(onTheWay).toBe(false);
    expect(held).toEqual([true, 1, 0]);
    expect(answering).toBe(false);
    expect(posted.answers).toEqual([`200 ${link.said[0]!.text}, 4 samples`]);
    expect([server.isCalm, server.openRequests]).toEqual([true, 0]);
  });

  it.each([
    ['ended as the script says', (link: ServiceLink) => link.end('quota'), '402 not for /speech'],
    ['declined', (link: ServiceLink) => link.decline?.(), '422 '],
  ])('is %s', async (_how, happens, answer) => {
    const { accepted, until } = await startWorld();
    const { link, post } = await accepted();
    const posted = post(8);
    await until(() => link.isHolding === true, 'request');

    happens(link);
    await until(() => posted.ends.length === 1, 'answer');

    expect(posted.answers).toEqual([answer]);
    expect(link.said).toEqual([]);
  });

  it('is cut in the middle of its answer', async () => {
    const { accepted, until } = await startWorld();
    const { link, post } = await accepted();
    const posted = post(8);
    await until(() => link.isHolding === true, 'request');

    link.end('reset');
    await until(() => posted.ends.length === 1, 'end');

    expect(posted.ends).toEqual(['failed']);
    expect(posted.answers[0]).not.toContain('samples');
  });

  it('belongs to the socket that made it', async () => {
    const { accepted, until } = await startWorld();
    const one = await accepted();
    const another = await accepted();

    one.post(8);
    await until(() => one.link.isHolding === true, 'request');

    expect(another.link.isHolding).toBe(false);
    expect(one.link.audio).toHaveLength(8);
  });

  it('that nobody waits for any more is held no longer', async () => {
    const { accepted, until, server, opened } = await startWorld();
    const { link, post } = await accepted();
    post(8);
    await until(() => link.isHolding === true, 'request');

    opened[0]!.terminate();

    expect([link.isHolding, link.isClosed, server.openRequests]).toEqual([false, true, 0]);
  });

  it('is not ended where none waits', async () => {
    const { link } = await (await startWorld()).accepted();

    expect(() => link.end('quota')).toThrow('No request waits for an answer.');
  });
});
