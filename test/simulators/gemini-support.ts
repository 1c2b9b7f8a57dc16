/** What the stand-in for Gemini hears and is asked in tests. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

import type { HttpAnswer } from '../../src/simulators/server/http-answer.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulatorOptions } from '../../src/simulators/gemini/simulator.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { UNAVAILABLE, quotaExceeded, refusedKey } from '../../src/simulators/gemini/wire.ts';

export const WEATHER = {
  name: 'get_weather',
  description: 'Says how the weather is.',
  parametersJsonSchema: { type: 'object', properties: { query: { type: 'string' } } },
};

export const PROBLEM = {
  '400': refusedKey('wrong'),
  '401': refusedKey('AQ.wrong'),
  '403': refusedKey(''),
  '429': quotaExceeded('28s'),
  '503': UNAVAILABLE,
} satisfies Record<string, HttpAnswer>;

/** 300 ms at 16 kHz, in base64; 0 Hz is silence. */
export function tone(hz: number): string {
  return Buffer.from(toneBytes(hz)).toString('base64');
}

export function toneBytes(hz: number, ms = 300): Uint8Array {
  const samples = Int16Array.from({ length: ms * 16 }, (_none, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * hz * at) / 16_000)),
  );
  return new Uint8Array(samples.buffer);
}

export const PATH = 'ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
export const MODEL = 'models/gemini-live';
const closers: (() => unknown)[] = [];

/** Closes what was opened, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export async function start(options: GeminiSimulatorOptions = {}) {
  const clock = new VirtualClock();
  const simulator = await startGeminiSimulator({ clock, ...options });
  closers.push(() => simulator.close());
  return { simulator, clock };
}

export type Message = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

export function dial(url: string, path = `/${PATH}?key=local`) {
  const socket = new WebSocket(`${url}${path}`);
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Message));
  socket.on('error', () => undefined);
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  closers.push(() => socket.terminate());
  const send = (message: object) => socket.send(JSON.stringify(message));
  const until = async (pick: (message: Message) => unknown): Promise<Message> => {
    for (;;) {
      const found = messages.find(pick);
      if (found !== undefined) return found;
      await once(socket, 'message');
    }
  };
  const opened = once(socket, 'open');
  opened.catch(() => undefined); // refused: who expects that looks elsewhere
  return { socket, messages, ended, send, until, opened };
}

export async function setUp(url: string, setup: object = {}) {
  const client = dial(url);
  await client.opened;
  client.send({ setup: { model: MODEL, ...setup } });
  await client.until((message) => message['setupComplete']);
  return client;
}

export const say = (data: string) => ({
  realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } },
});

/** Lets the server take what was sent, and time pass there. */
export async function pass(client: ReturnType<typeof dial>, clock: VirtualClock, ms: number) {
  client.socket.ping();
  await once(client.socket, 'pong');
  clock.advance(ms);
}
