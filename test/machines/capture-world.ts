/** The capture chart as an actor, on a virtual clock, with devices that come when they are told to. */
import { createActor, fromCallback, fromPromise } from 'xstate';

import { captureMachine } from '../../machines/capture.machine.ts';
import type {
  CaptureFact,
  CaptureInput,
  CaptureSignal,
  ListedInput,
  TakeInput,
  TakenDevice,
  TakeResult,
} from '../../machines/capture.types.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

export const DESK: TakenDevice = { id: 'default', groupId: 'desk', isMuted: false };
export const HEADSET: TakenDevice = { id: 'default', groupId: 'headset', isMuted: false };

/** What asking comes to: a device, none just now, or none for good. */
type Answer = TakenDevice | 'none' | 'never';

/** A fact without its moment, which is the clock's. */
type Told = CaptureFact extends infer Fact
  ? Fact extends CaptureFact
    ? Omit<Fact, 'atMs'>
    : never
  : never;

export class CaptureWorld {
  readonly clock = new VirtualClock(1_000);
  readonly told: string[] = [];
  /** Which device was asked for, each time. */
  readonly asked: (string | null)[] = [];
  watches = 0;
  readonly actor;
  readonly #waiting: ((result: TakeResult | Error) => void)[] = [];

  constructor(input: Partial<CaptureInput> = {}) {
    const take = fromPromise<TakeResult, TakeInput>(({ input: { deviceId } }) => {
      this.asked.push(deviceId);
      return new Promise((resolve, reject) => {
        this.#waiting.push((result) =>
          result instanceof Error ? reject(result) : resolve(result),
        );
      });
    });
    const watch = fromCallback(() => {
      this.watches += 1;
      return () => void (this.watches -= 1);
    });
    this.actor = createActor(
      captureMachine.provide({ actors: { open: take, move: take, ask: take, watch } }),
      {
        clock: this.clock,
        input: { chosenId: null, lossTimeoutMs: 10_000, ...input },
      },
    );
    this.actor.on('*', (signal) => this.told.push(wordsOf(signal)));
    this.actor.start();
  }

  get state(): unknown {
    const { value } = this.actor.getSnapshot();
    if (typeof value === 'string') return value;
    const { source, sound } = value.running as { source: string; sound: string };
    return `${source}, ${sound}`;
  }

  tell(...facts: readonly Told[]): void {
    for (const fact of facts) this.actor.send({ ...fact, atMs: this.clock.nowMs() });
  }

  list(...inputs: readonly ListedInput[]): void {
    this.tell({ type: 'devices.listed', inputs });
  }

  /** What was asked for last, and was not answered. */
  async answer(answer: Answer | Error): Promise<void> {
    const device = typeof answer === 'string' ? null : answer;
    const result = { isRetryable: answer !== 'never', atMs: this.clock.nowMs() };
    this.#waiting.pop()?.(device instanceof Error ? device : { ...result, device });
    await settle();
  }

  /** Opened, and heard. */
  static async heard(input?: Partial<CaptureInput>, device = DESK): Promise<CaptureWorld> {
    const world = new CaptureWorld(input);
    await world.answer(device);
    world.tell({ type: 'audio.resumed' });
    world.told.length = 0;
    world.asked.length = 0;
    return world;
  }
}

function wordsOf({ type, ...facts }: CaptureSignal): string {
  return [type.replace('capture.', ''), ...Object.values(facts)].join(' ');
}
