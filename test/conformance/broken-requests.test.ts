/** Adapters that make their own sockets, with one bug each: at least one case finds it, and says what is wrong. */
import { describe, expect, it } from 'vitest';

import { firstFailure, inStream } from './broken.ts';
import { everySoundIsSpeech, openaiTranscriptions } from './whisper-service.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import type { Provider } from '../../src/providers/contract.ts';
import type { Socket, SocketHandlers } from '../../src/ports/socket.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import { scriptedProvider } from '../../src/testing/conformance/scripted-provider.ts';

type Spoil = (sound: Provider) => Partial<Provider>;

function casesOf(spoil: Spoil, pattern = /./) {
  const { cases } = providerConformance((url) => {
    const sound = whisper({ baseUrl: url, apiKey: 'sk-secret-of-ours', vad: everySoundIsSpeech });
    return { ...sound, ...spoil(sound) };
  }, openaiTranscriptions);
  const found = cases.filter(({ name }) => pattern.test(name));
  expect(found).not.toEqual([]);
  return found;
}

/** The sockets that it makes, spoilt from outside. */
function inSocket(
  spoilHandlers: (handlers: SocketHandlers) => Partial<SocketHandlers>,
  spoilSocket: (socket: Socket) => Partial<Socket> = () => ({}),
): Spoil {
  return (sound) => ({
    over: (world) => {
      const made = sound.over!(world);
      return {
        ...made,
        dial: (request, handlers) => {
          const socket = made.dial(request, handlersOf(handlers, spoilHandlers(handlers)));
          return {
            bufferedBytes: 0,
            send: (frame) => socket.send(frame),
            ping: () => socket.ping(),
            close: (code, reason) => socket.close(code, reason),
            terminate: () => socket.terminate(),
            ...spoilSocket(socket),
          };
        },
      };
    },
  });
}

function handlersOf(handlers: SocketHandlers, spoilt: Partial<SocketHandlers>): SocketHandlers {
  return {
    onOpen: () => handlers.onOpen(),
    onFrame: (frame) => handlers.onFrame(frame),
    onPong: () => handlers.onPong(),
    onDrain: () => handlers.onDrain(),
    onEnd: (end) => handlers.onEnd(end),
    ...spoilt,
  };
}

const bugs: readonly [string, Spoil, RegExp, RegExp][] = [
  [
    'never ends a socket whose request was refused',
    inSocket(() => ({ onEnd: () => undefined })),
    /^After .*transient by ending/,
    /there came no step \d+ of \d+, socket\.lost \(transient by ending/,
  ],
  [
    'never ends a socket after its goodbye',
    inSocket(() => ({ onEnd: () => undefined })),
    /says goodbye/,
    /there came no end after the goodbye/,
  ],
  [
    'leaves its requests under way when it is let go',
    inSocket(
      () => ({}),
      () => ({ terminate: () => undefined }),
    ),
    /is let go of/,
    /1 requests were left under way/,
  ],
  [
    'answers no ping while nothing is under way',
    inSocket(
      () => ({}),
      () => ({ ping: () => false }),
    ),
    /Two minutes/,
    /in 120000 ms without a request \d+ sockets were dialled.*\nWhat to do: .*answers pings itself/,
  ],
  [
    'dials nothing',
    () => ({ over: () => undefined as never }),
    /./,
    /over\(\) gave undefined, which dials nothing|there came no dial/,
  ],
  [
    'mangles the clips that it sends',
    inStream(() => ({ encodeAudio: (bytes) => Buffer.from(bytes).swap16() })),
    /result\.committed/,
    /its clip is of other audio/,
  ],
  [
    'ends its socket for a clip that is refused alone',
    ({ over }) => ({
      over: (world) => {
        const { http } = world.transport;
        return over!({
          ...world,
          transport: {
            ...world.transport,
            http: {
              send: (request, handlers) =>
                http!.send(request, {
                  onHead: (status, headers) =>
                    handlers.onHead(status === 400 ? 500 : status, headers),
                  onData: (bytes) => handlers.onData(bytes),
                  onEnd: (end) => handlers.onEnd(end),
                }),
            },
          },
        });
      },
    }),
    /declined/,
    /there was no warning that a request was declined|cost the connection/,
  ],
  [
    'takes a request that is cut for one that is refused',
    inSocket((handlers) => ({
      onEnd: (end) => handlers.onEnd(end.errorCode === undefined ? end : { ...end, status: 401 }),
    })),
    /socket\.lost \(reset\)/,
    /was called auth instead of transient|did socket\.lost → reconnecting\.dialing/,
  ],
];

describe('the conformance of adapters that make their own sockets', () => {
  it.each(bugs)('finds one that %s', async (_bug, spoil, cases, finding) => {
    expect(await firstFailure(casesOf(spoil, cases))).toMatch(finding);
  });

  it('takes no script of requests for an adapter without sockets of its own', () => {
    const make = (url: string): Provider => scriptedProvider({ url });

    expect(() => providerConformance(make, openaiTranscriptions)).toThrow(
      /makes no sockets of its own/,
    );
  });
});
