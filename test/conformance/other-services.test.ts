/** A service that is like no other: what the suite takes for granted of one, it takes from the script. */
import { describe, expect, it } from 'vitest';

import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import type {
  ProviderServer,
  ServiceScript,
} from '../../src/testing/conformance/provider-server.ts';
import { ScriptedServer } from '../../src/testing/conformance/scripted-server.node.ts';
import type { Frame, Transport } from '../../src/ports/socket.ts';
import type { Provider, ProviderEvent } from '../../src/providers/contract.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

interface Message {
  readonly audio?: string;
  readonly heard?: readonly [number, number];
  readonly text?: string;
}

const pack = (message: Message): Uint8Array => new TextEncoder().encode(JSON.stringify(message));

function unpack(frame: Frame): Message {
  try {
    const text = typeof frame === 'string' ? frame : new TextDecoder().decode(frame);
    return (JSON.parse(text) ?? {}) as Message;
  } catch {
    return {};
  }
}

/** JSON in binary frames, the key in the query, results in two frames, 24 kHz; neither a flush nor a goodbye. */
function oddProvider(url: string): Provider {
  return {
    name: 'odd',
    component: 'realtime',
    traits: {
      resume: 'none',
      replayRateRatio: Infinity,
      keepAliveIntervalMs: null,
      firstAudioWithinMs: null,
      flushTimeoutMs: 1_000,
      answersPings: true,
      refreshesCredential: false,
    },
    checkFormat: ({ sampleRateHz }) => {
      if (sampleRateHz < 24_000) throw new RangeError('at least 24 kHz');
    },
    dial: () => Promise.resolve({ url: `${url}/live?key=a-long-secret`, timeoutMs: 10_000 }),
    openStream: () => {
      let [startSample, endSample] = [0, 0];
      return {
        encodeAudio: (bytes) => pack({ audio: Buffer.from(bytes).toString('base64') }),
        encodeKeepAlive: () => null,
        encodeFlush: () => null,
        encodeGoodbye: () => null,
        decode: (frame): readonly ProviderEvent[] => {
          const { heard, text } = unpack(frame);
          if (Array.isArray(heard)) [startSample, endSample] = heard as [number, number];
          if (typeof text !== 'string') return [{ kind: 'ignored', what: 'no text' }];
          const range = { startSample, endSample };
          const end = { endsUtterance: true, answersFlush: false };
          return [{ kind: 'transcript', text, words: [], ...range, isFinal: true, ...end }];
        },
      };
    },
    classifyEnd: ({ status, code }) =>
      status === 401
        ? { kind: 'auth', code: '401', detail: '' }
        : { kind: 'transient', code: String(status ?? code), detail: '' },
  };
}

const oddService: ServiceScript = {
  refusals: { auth: { status: 401 }, transient: { status: 503 } },
  endings: { transient: { code: 1_011, reason: 'internal error' } },
  result: ({ from, to }, text) => [pack({ heard: [from, to] }), pack({ text })],
  audioIn: (frame) => {
    const { audio } = unpack(frame);
    return audio === undefined ? null : Buffer.from(audio, 'base64');
  },
  credential: { in: 'query', value: 'a-long-secret' },
  sampleRateHz: 24_000,
};

describe('the conformance suite', () => {
  it('runs an adapter of a service that has little in common with others', async () => {
    const { cases } = providerConformance(oddProvider, oddService);

    for (const { run } of cases) await run();

    expect(cases.length).toBeGreaterThan(50);
  });

  it('asks for what the script says that its service answers', async () => {
    const { cases } = providerConformance(oddProvider, { ...oddService, answers: ['goodbye'] });
    const farewell = cases.find(({ name }) => name.includes('says goodbye'));

    await expect(farewell?.run()).rejects.toThrow(
      /encodeGoodbye gave no frame.*\nWhat to do: .*`answers`/,
    );
  });

  it('dials as the server says that it is dialled', async () => {
    let dials = 0;
    const transport: Transport = {
      dial: (request, handlers) => {
        dials += 1;
        return nodeWebSocketTransport.dial(request, handlers);
      },
    };
    const serve = (): ProviderServer =>
      Object.assign(new ScriptedServer(oddService), { transport });
    const { cases } = providerConformance(oddProvider, serve);

    await cases.find(({ name }) => name.includes('says goodbye'))?.run();

    expect(dials).toBe(1);
  });

  it('says so where a format is not taken, and leaves no server behind', async () => {
    let stops = 0;
    class WatchedServer extends ScriptedServer {
      override stop(): Promise<void> {
        stops += 1;
        return super.stop();
      }
    }
    const serve = () => new WatchedServer({ ...oddService, sampleRateHz: 16_000 });
    const { cases } = providerConformance(oddProvider, serve);

    await expect(cases[0]?.run()).rejects.toThrow('at least 24 kHz');

    expect(stops).toBe(1);
  });
});
