/** The liveness chart under a parent that notes what it is told, on looks that a test takes one by one. */
import type { AnyEventObject } from 'xstate';
import { createActor, setup } from 'xstate';

import { livenessMachine } from '../../machines/liveness.machine.ts';
import type {
  LinkMeasured,
  LivenessContext,
  LivenessInput,
  RttEstimate,
} from '../../machines/liveness.types.ts';

export class LivenessParent {
  readonly told: AnyEventObject[] = [];
  atMs = 100_000;
  aliveAtMs = this.atMs;
  rttMs: number | null = null;
  readonly #actor;

  constructor(input: LivenessInput = { canProbe: true }) {
    const told = this.told;
    const parent = setup({ actors: { liveness: livenessMachine } }).createMachine({
      invoke: { src: 'liveness', id: 'liveness', input },
      on: { 'link.*': { actions: ({ event }) => told.push(event) } },
    });
    this.#actor = createActor(parent).start();
  }

  get child() {
    return this.#actor.getSnapshot().children.liveness!;
  }

  get state(): unknown {
    return this.child.getSnapshot().value;
  }

  get context(): LivenessContext {
    return this.child.getSnapshot().context;
  }

  get toldTypes(): readonly string[] {
    return this.told.map(({ type }) => type);
  }

  /** A look after `ms`. */
  look(ms: number, facts: Partial<LinkMeasured> = {}): this {
    this.atMs += ms;
    this.child.send({
      type: 'link.measured',
      atMs: this.atMs,
      lastInboundAtMs: this.aliveAtMs,
      rttMs: this.rttMs,
      isAudioFlowing: true,
      lateByMs: 0,
      bufferedChunks: 3,
      unit: 0.5,
      ...facts,
    });
    return this;
  }

  /** The link was just asked, and answered. */
  asked(): this {
    this.look(0).look(0);
    this.told.length = 0;
    return this;
  }

  spoke(agoMs = 0): this {
    this.aliveAtMs = this.atMs - agoMs;
    return this;
  }

  /** A moment later, since what came at the very moment of a probe answers it. */
  challenge(): this {
    this.atMs += 1;
    this.child.send({ type: 'link.challenged', atMs: this.atMs });
    return this;
  }
}

/** An estimate that is relied on unless told otherwise. */
export function rttOf(srttMs: number, rttvarMs: number, samples = 4): RttEstimate {
  return { srttMs, rttvarMs, samples, newestMs: srttMs };
}
