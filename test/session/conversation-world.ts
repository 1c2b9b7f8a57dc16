/** A session with a service that answers. What is ordered, and what is told, are the frames themselves. */
import { TalkWorld } from './talk-world.ts';
import type { WorldOptions } from './talk-world.ts';
import type { SpokenAudio } from '../../src/session/conversation.ts';
import type { ProviderTraits, StreamMemory } from '../../src/providers/contract.ts';
import type { ProviderEvent } from '../../src/providers/events.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import type { FakeSocket } from '../support/fake-transport.ts';

export interface ConversationOptions extends Partial<WorldOptions> {
  readonly traits?: Partial<ProviderTraits>;
  readonly component?: 'realtime' | 'tts';
  /** The service takes its configuration, and what it is given back, at once. Default true. */
  readonly obliges?: boolean;
  /** Configures, and takes nothing back. Default false. */
  readonly isStubborn?: boolean;
}

export class ConversationWorld extends TalkWorld {
  /** What each socket was opened with. */
  readonly memories: readonly StreamMemory[];
  readonly heard: SpokenAudio[] = [];
  readonly stopListening: () => void;
  readonly #soundOf: { ref: string };

  constructor({
    traits,
    component = 'realtime',
    obliges = true,
    isStubborn = false,
    ...options
  }: ConversationOptions = {}) {
    const memories: StreamMemory[] = [];
    const sounding = { ref: '' };
    const plain = fakeProvider({ traits: { configures: true, ...traits } });
    super({
      ...options,
      session: {
        ...options.session,
        candidates: [
          {
            ...plain,
            component,
            openStream: (format, memory) => {
              if (memory !== undefined) memories.push(memory);
              return {
                ...plain.openStream(format),
                encodeAudio: (bytes) => bytes,
                encodeHello: () => ['"hello"'],
                encodeRestore: () => {
                  const items = memory?.conversation().items ?? [];
                  const owesReply = memory?.conversation().owesReply ?? false;
                  return items.length === 0 ? null : [JSON.stringify({ items, owesReply })];
                },
                encodeOrder: (order) => [JSON.stringify(order)],
                decode: (frame) =>
                  typeof frame === 'string'
                    ? [JSON.parse(frame) as ProviderEvent]
                    : [
                        {
                          kind: 'audio',
                          ref: sounding.ref,
                          bytes: frame.slice(),
                          sampleRateHz: 24_000,
                        },
                      ],
                settleSilence: (throughSample) => [silence(0, throughSample)],
              };
            },
          },
        ],
      },
      onFrame: (socket, frame) => {
        if (!obliges || typeof frame !== 'string') return;
        if (frame === '"hello"') socket.say('{"kind":"configured"}');
        if (frame.startsWith('{"items"') && !isStubborn) {
          socket.say('{"kind":"restored","resumed":false,"toolCallsCarried":0}');
        }
      },
    });
    this.memories = memories;
    this.#soundOf = sounding;
    this.stopListening = this.session.conversation.onAudio((audio) => this.heard.push(audio));
  }

  tell(event: ProviderEvent, socket: FakeSocket = this.last): void {
    socket.say(JSON.stringify(event));
  }

  /** The service sounds: the fake's own binary frames carry PCM at 24 kHz of this item. */
  sound(ref: string, bytes: Uint8Array): void {
    this.#soundOf.ref = ref;
    this.last.say(bytes);
  }

  /** The text frames that a socket was sent, but for what keeps it open. */
  ordered(socket: FakeSocket = this.last): readonly unknown[] {
    return socket.texts
      .filter((text) => /^["{]/.test(text))
      .map((text) => JSON.parse(text) as unknown);
  }

  /** The link breaks, and the next one is there. */
  async breaks(): Promise<void> {
    this.last.end(1006);
    await this.pass(5_000);
  }
}

function silence(startSample: number, endSample: number): ProviderEvent {
  return {
    kind: 'transcript',
    text: '',
    words: [],
    startSample,
    endSample,
    isFinal: true,
    endsUtterance: false,
    answersFlush: false,
  };
}
