/** A session over a fake network and a fake service, on a clock of its own. */
import { onTestFinished } from 'vitest';

import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { answerControl, fakeProvider } from '../support/fake-provider.ts';
import type { FakeProviderOptions } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import type { FakeSocket, FakeTransportOptions } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CHUNK_MS = 20;
const SAMPLES_PER_MS = 16;
const BYTES_PER_SAMPLE = 2;

export interface WorldOptions extends Omit<FakeTransportOptions, 'clock'> {
  readonly provider?: FakeProviderOptions;
  readonly session?: Partial<SessionOptions>;
}

/** Samples that say where they stand, so that what went out can be told from what should have. */
export function audio(fromMs: number, toMs: number): Uint8Array {
  const samples = new Int16Array((toMs - fromMs) * SAMPLES_PER_MS);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = fromMs * SAMPLES_PER_MS + index;
  }
  return new Uint8Array(samples.buffer);
}

export class TalkWorld {
  readonly clock = new VirtualClock(5_000);
  readonly transport: FakeTransport;
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  /** How much was said into the microphone. */
  spokenMs = 0;

  constructor(options: WorldOptions = {}) {
    const { clock } = this;
    this.transport = new FakeTransport({ onFrame: answerControl, ...options, clock });
    this.session = openSession({
      candidates: [fakeProvider(options.provider)],
      transport: this.transport,
      clock,
      random: { unit: () => 0.5 },
      ...options.session,
      reconnect: { jitter: 'none', ...options.session?.reconnect },
    });
    this.session.on('*', (event) => this.events.push(event));
    onTestFinished(() => void this.session.close({ drainTimeoutMs: 0 }));
  }

  get last(): FakeSocket {
    return this.transport.last;
  }

  socket(dial: number): FakeSocket {
    const socket = this.transport.sockets[dial - 1];
    if (socket === undefined) throw new Error(`there was no dial ${dial}`);
    return socket;
  }

  eventsOf<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  get finals(): readonly SessionEventOf<'transcript'>[] {
    return this.eventsOf('transcript').filter(({ isFinal }) => isFinal);
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  /** Connects and lets the dial take its time. */
  async connected(): Promise<this> {
    const connecting = this.session.connect();
    await this.pass(10);
    await connecting;
    return this;
  }

  /** Speaks for so long, a chunk each 20 ms. */
  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.session.write(audio(this.spokenMs, this.spokenMs + CHUNK_MS));
      this.spokenMs += CHUNK_MS;
      await this.pass(CHUNK_MS);
    }
  }

  /** Speaks that much at once. */
  blurt(ms: number): void {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.session.write(audio(this.spokenMs, this.spokenMs + CHUNK_MS));
      this.spokenMs += CHUNK_MS;
    }
  }
}

export function heardMs(socket: FakeSocket): number {
  return socket.audio.length / BYTES_PER_SAMPLE / SAMPLES_PER_MS;
}

export function samplesAt(ms: number): number {
  return ms * SAMPLES_PER_MS;
}

/** What it came to, or `pending`. */
export async function outcomeOf<T>(promise: Promise<T>): Promise<T | 'pending' | Error> {
  const nothing = new Promise<'pending'>((resolve) => setImmediate(() => resolve('pending')));
  return Promise.race([promise.catch((error: unknown) => error as Error), nothing]);
}
