/** The speech app alone, between a client that notes what it is told and services that say what a test has them say. */
import { expect, onTestFinished } from 'vitest';

import { createSpeechApp } from '../../../src/gateway/pipeline/speech-app.ts';
import type { SpeechAppOptions } from '../../../src/gateway/pipeline/speech-app.ts';
import type { AppEvent, AppHandlers, AppResult, AppSession } from '../../../src/gateway/app.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import type { ProviderEvent, ProviderTraits } from '../../../src/providers/contract.ts';
import { createAdmission } from '../../../src/session/admission/admission.ts';
import {
  answerControl,
  fakeProvider,
  sayFinal,
  transcriptFrame,
} from '../../support/fake-provider.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import type { FakeSocket } from '../../support/fake-transport.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

export const RATE_HZ = 16_000;
/** 100 ms. */
export const CHUNK = 1_600;
const LOUD = 8_000;

export interface AppWorldOptions extends Partial<Omit<SpeechAppOptions, 'candidates'>> {
  readonly names?: readonly string[];
  readonly traits?: Partial<ProviderTraits>;
  readonly fin?: number;
  /** No service is there from the beginning. */
  readonly isGone?: boolean;
}

/** What an app told its session, in order. */
class NotingSession implements AppSession {
  readonly id = 'session';
  readonly told: AppEvent[] = [];
  readonly hints: AppEvent[] = [];

  send(event: AppEvent): void {
    this.told.push(event);
  }

  result(result: AppResult): void {
    this.told.push(result);
  }

  hint(event: AppEvent): void {
    this.hints.push(event);
  }

  message(): void {}
  handled(): void {}
  end(): void {}
}

export class AppWorld {
  readonly clock = new VirtualClock(1_000);
  readonly session = new NotingSession();
  readonly networks: readonly FakeTransport[];
  readonly handlers: AppHandlers;
  /** Services have so much to do that they do not answer a flush. */
  isSlow = false;
  #seq = 0;
  #position: number;

  constructor({
    names = ['first'],
    traits = {},
    fin = 0,
    isGone,
    ...options
  }: AppWorldOptions = {}) {
    this.#position = fin;
    this.networks = names.map(
      () =>
        new FakeTransport({
          clock: this.clock,
          onFrame: (socket, frame) => {
            if (!this.isSlow) answerControl(socket, frame);
          },
        }),
    );
    if (isGone === true) names.forEach((_, service) => this.kill(service));
    const candidates = names.map((name, index) => ({
      provider: { ...fakeProvider({ traits }), name },
      transport: this.networks[index]!,
    }));
    const app = createSpeechApp({
      candidates: () => candidates,
      transport: this.networks[0]!,
      clock: this.clock,
      random: seededRandom(3),
      admission: createAdmission(),
      reconnect: { jitter: 'none' },
      ...options,
    });
    const audio = { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ } as const;
    this.handlers = app.open(this.session, { audio, fin, isTakenOver: fin > 0 });
  }

  /** The newest socket of one service. */
  socket(service = 0): FakeSocket {
    const socket = this.networks[service]?.sockets.at(-1);
    if (socket === undefined) throw new Error('nobody dialled');
    return socket;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  async connected(): Promise<this> {
    await this.pass(50);
    return this;
  }

  /** So much audio, from where the last ended or from `position`, in pieces of 100 ms as time passes. */
  async speak(ms: number, facts: { position?: number; level?: number } = {}): Promise<void> {
    this.#position = facts.position ?? this.#position;
    const bytes = new Uint8Array(new Int16Array(CHUNK).fill(facts.level ?? LOUD).buffer);
    for (let spoken = 0; spoken < ms; spoken += 100) {
      this.hear(this.#position, bytes);
      this.#position += CHUNK;
      await this.pass(100);
    }
  }

  hear(position: number, bytes: Uint8Array): void {
    this.#seq += 1;
    this.handlers.audio({ seq: this.#seq, position, capturedAtMs: 0, isSpeech: false, bytes });
  }

  lose(samples: number): void {
    this.#seq += 1;
    const facts = { toSeq: this.#seq, position: this.#position, samples };
    this.handlers.gap({ ...facts, cause: 'ringOverflow' });
    this.#position += samples;
  }

  /** The service tells a final of all that it was sent, or through a moment of its own clock. */
  async settle(text: string, toSample?: number, service = 0): Promise<void> {
    const socket = this.socket(service);
    const to = toSample ?? socket.audio.length / 2;
    sayFinal(socket, { fromSample: this.#settled.get(socket) ?? 0, toSample: to, text });
    this.#settled.set(socket, to);
    await this.pass(20);
  }

  readonly #settled = new Map<FakeSocket, number>();

  async say(event: ProviderEvent, service = 0): Promise<void> {
    this.socket(service).say(JSON.stringify(event));
    await this.pass(20);
  }

  async guess(text: string, toSample: number): Promise<void> {
    const fromSample = this.#settled.get(this.socket()) ?? 0;
    this.socket().say(transcriptFrame({ fromSample, toSample, text, isFinal: false }));
    await this.pass(20);
  }

  /** The service of one candidate is gone: what stands breaks, and new dials are refused. */
  kill(service = 0, status?: number): void {
    const network = this.networks[service]!;
    network.outcome = () => ({
      code: 1006,
      reason: '',
      ...(status === undefined ? { errorCode: 'ECONNREFUSED' } : { status }),
    });
    network.reset();
  }

  revive(service = 0): void {
    this.networks[service]!.outcome = () => 'opens';
  }

  told(type: string): readonly AppEvent[] {
    return this.session.told.filter((event) => event.type === type);
  }

  hinted(type: string): readonly AppEvent[] {
    return this.session.hints.filter((event) => event.type === type);
  }

  /** The finals, each as from, to and text. */
  get finals(): readonly (readonly unknown[])[] {
    return this.told('final').map(({ from, to, text }) => [from, to, text]);
  }

  /** Who served, in order. */
  get served(): readonly (readonly unknown[])[] {
    return this.told('serving').map(({ provider, mode }) => [provider, mode]);
  }
}

/** Connected; closed when the test is over, and nothing runs any more then. */
export function opened(options: AppWorldOptions = {}): Promise<AppWorld> {
  const world = new AppWorld(options);
  onTestFinished(async () => {
    const closed = world.handlers.close();
    await world.pass(5_000);
    await closed;
    const live = world.networks.reduce((sum, network) => sum + network.live.length, 0);
    expect([world.clock.pending, live]).toEqual([0, 0]);
  });
  return world.connected();
}
