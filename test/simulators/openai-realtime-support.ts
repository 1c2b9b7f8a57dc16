/** A plain `ws` client of the local OpenAI Realtime server, and speech that it hears. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

import { speak } from '../../src/simulators/persona/voice.ts';

export type Message = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Client {
  readonly socket: WebSocket;
  readonly messages: readonly Message[];
  readonly types: readonly string[];
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
  send(event: object): void;
  /** Appends PCM, 100 ms at a time. */
  append(pcm: Uint8Array): void;
  /** Resolves when the server has read everything sent so far. */
  settle(): Promise<void>;
  /** The first message of this type that was not asked for yet, as soon as there is one. */
  next(type: string): Promise<Message>;
}

export interface ConnectOptions {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

const KEY_HEADER = { authorization: 'Bearer local' };

export async function connect(baseUrl: string, options: ConnectOptions = {}): Promise<Client> {
  const { query = '?model=gpt-realtime', protocols = [], headers = KEY_HEADER } = options;
  const socket = new WebSocket(`${baseUrl}/realtime${query}`, [...protocols], {
    headers: protocols.length > 0 ? {} : headers,
  });
  const messages: Message[] = [];
  const read = new Map<string, number>();
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Message));
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  const send = (event: object): void => socket.send(JSON.stringify(event));
  return {
    socket,
    messages,
    get types() {
      return messages.map((message) => message['type'] as string);
    },
    ended,
    send,
    append: (pcm) => {
      for (let at = 0; at < pcm.length; at += 4_800) {
        const audio = Buffer.from(pcm.subarray(at, at + 4_800)).toString('base64');
        send({ type: 'input_audio_buffer.append', audio });
      }
    },
    settle: async () => {
      socket.ping();
      await once(socket, 'pong');
    },
    next: async (type) => {
      const from = read.get(type) ?? 0;
      for (;;) {
        const at = messages.findIndex(
          (message, index) => index >= from && message['type'] === type,
        );
        if (at >= 0) {
          read.set(type, at + 1);
          return messages[at]!;
        }
        await once(socket, 'message');
      }
    },
  };
}

/** A client whose session has taken these fields. */
export async function configured(baseUrl: string, session: object = {}): Promise<Client> {
  const client = await connect(baseUrl);
  await client.next('session.created');
  client.send({ type: 'session.update', session: { type: 'realtime', ...session } });
  await client.next('session.updated');
  return client;
}

export const message = (id: string, role: string, text: string, type = 'input_text') => ({
  type: 'conversation.item.create',
  event_id: `create_${id}`,
  item: { id, type: 'message', role, content: [{ type, text }] },
});

/** Something said, with a pause after it that is long enough to end a turn. */
export function spoken(text: string, pauseMs = 400): Uint8Array {
  const voice = speak(text, 24_000);
  const pcm = new Uint8Array(voice.length + pauseMs * 48);
  pcm.set(voice);
  return pcm;
}

export function silence(ms: number): Uint8Array {
  return new Uint8Array(ms * 48);
}
