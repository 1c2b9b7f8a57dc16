/** The liveness chart on the pulse that runs it, over a link whose pongs take their time, while audio flows. */
import { createActor, setup } from 'xstate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { livenessMachine } from '../../machines/liveness.machine.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { Pulse } from '../../src/session/pulse.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface FlowOptions {
  readonly seed?: number;
  readonly rttMs: number;
  /** Each pong takes up to so much longer. Default 0. */
  readonly jitterMs?: number;
  /** The server says something of its own so often. Default never. */
  readonly resultsEveryMs?: number;
}

class Flow {
  readonly clock = new VirtualClock(1_000);
  readonly told: { readonly type: string; readonly atMs: number; readonly silentForMs?: number }[] =
    [];
  probes = 0;
  isDead = false;
  readonly #options: FlowOptions;
  readonly #random;
  readonly #pulse: Pulse;
  readonly #actor;
  #lastInboundAtMs = 1_000;
  #rttMs: number | null = null;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    const parent = setup({ actors: { liveness: livenessMachine } }).createMachine({
      invoke: { src: 'liveness', id: 'liveness', input: { canProbe: true } },
      on: {
        'link.probe': { actions: () => this.#probe() },
        'link.*': { actions: ({ event }) => this.told.push(event as Flow['told'][number]) },
      },
    });
    this.#actor = createActor(parent).start();
    this.#pulse = new Pulse(this.clock, { beat: (lateByMs) => (this.#look(lateByMs) ? 100 : 500) });
    this.#pulse.start();
    if (options.resultsEveryMs !== undefined) this.#speak(options.resultsEveryMs);
  }

  get state(): unknown {
    return this.#actor.getSnapshot().children.liveness?.getSnapshot().value;
  }

  /** The link dies in silence; how long it takes until that is suspected. */
  noticedAfterMs(): number {
    const diedAtMs = this.clock.nowMs();
    this.isDead = true;
    while (this.told.length === 0) this.clock.advance(1);
    return this.told[0]!.atMs - diedAtMs;
  }

  #probe(): void {
    const { rttMs, jitterMs = 0 } = this.#options;
    this.probes += 1;
    const tripMs = Math.round(rttMs + jitterMs * this.#random.unit());
    this.clock.setTimeout(() => {
      if (this.isDead) return;
      this.#lastInboundAtMs = this.clock.nowMs();
      this.#rttMs = tripMs;
    }, tripMs);
  }

  #speak(everyMs: number): void {
    this.clock.setTimeout(() => {
      if (!this.isDead) this.#lastInboundAtMs = this.clock.nowMs();
      this.#speak(everyMs);
    }, everyMs);
  }

  #look(lateByMs: number): boolean {
    this.#actor.getSnapshot().children.liveness?.send({
      type: 'link.measured',
      atMs: this.clock.nowMs(),
      lastInboundAtMs: this.#lastInboundAtMs,
      rttMs: this.#rttMs,
      isAudioFlowing: true,
      lateByMs,
      bufferedChunks: 0,
      unit: 0,
    });
    return true;
  }
}

describe('a silent death while audio flows', () => {
  const died = fc.record({
    seed: fc.nat(),
    afterMs: fc.integer({ min: 3_000, max: 6_000 }),
    jitterMs: fc.constantFrom(0, 10, 30),
    resultsEveryMs: fc.constantFrom(undefined, 1_000, 370, 90),
  });

  it('is noticed within 0.6 s at 50 ms round trip, whenever it comes', () => {
    fc.assert(
      fc.property(died, ({ seed, afterMs, jitterMs, resultsEveryMs }) => {
        const flow = new Flow({
          seed,
          rttMs: 50,
          jitterMs,
          ...(resultsEveryMs === undefined ? {} : { resultsEveryMs }),
        });
        flow.clock.advance(afterMs);

        const noticedMs = flow.noticedAfterMs();

        expect(flow.told[0]).toMatchObject({ type: 'link.suspected' });
        expect(noticedMs).toBeLessThanOrEqual(600);
        expect(flow.told[0]!.silentForMs).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['200 ms', 200, 1_000],
    ['400 ms', 400, 1_400],
    ['1 s', 1_000, 1_700],
  ])('is noticed in time at a round trip of %s', (_what, rttMs, withinMs) => {
    const flow = new Flow({ rttMs });
    flow.clock.advance(20_000);

    expect(flow.noticedAfterMs()).toBeLessThanOrEqual(withinMs);
  });
});

describe('a link that lives while audio flows', () => {
  it.each([
    ['50 ms', { rttMs: 50, jitterMs: 30 }],
    ['50 ms, where any pong may take 200 ms longer', { rttMs: 50, jitterMs: 200 }],
    ['50 ms, where results come as well', { rttMs: 50, jitterMs: 100, resultsEveryMs: 400 }],
    ['400 ms', { rttMs: 400, jitterMs: 200 }],
    ['1 s, once that is known', { rttMs: 1_000, jitterMs: 40 }],
  ])('is never suspected in 60 s at a round trip of %s', (_what, options) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const flow = new Flow({ ...options, seed });
      if (options.rttMs >= 1_000) {
        flow.clock.advance(3_000);
        flow.told.length = 0;
      }

      flow.clock.advance(60_000);

      expect(flow.told).toEqual([]);
      expect(flow.probes).toBeGreaterThan(30);
    }
  });

  it('is never suspected where it is we who are busy, again and again', () => {
    const flow = new Flow({ rttMs: 50, jitterMs: 30 });

    for (let block = 0; block < 200; block += 1) {
      flow.clock.advance(70 + (block % 9) * 31);
      flow.clock.sleep(100 + ((block * 137) % 1_900));
    }

    expect(flow.told).toEqual([]);
  });

  it('is probed five times a second at the most', () => {
    const flow = new Flow({ rttMs: 5 });

    flow.clock.advance(60_000);

    expect(flow.probes).toBeLessThanOrEqual(300);
    expect(flow.state).not.toBe('suspect');
  });
});
