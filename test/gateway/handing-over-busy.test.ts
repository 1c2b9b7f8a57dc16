/** A gateway that hands its directory over waits for what its clients had sent, and not for them to fall silent. */
import { afterEach, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import type { AppendOutcome, LogStore } from '../../src/ports/log-store.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const CHUNK_MS = 20;

class SlowDirectory extends HeldStore {
  readonly isExclusive = true;
  readonly #clock: VirtualClock;
  readonly #appendMs: number;

  constructor(clock: VirtualClock, appendMs: number) {
    super();
    this.#clock = clock;
    this.#appendMs = appendMs;
  }

  override async append(...given: Parameters<LogStore['append']>): Promise<AppendOutcome> {
    await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, this.#appendMs));
    return super.append(...given);
  }
}

let world: GatewayWorld;

afterEach(() => world.gateway.close());

it.each([5, 30, 120])(
  'ends soon where an append takes %d ms and chunks go on',
  async (appendMs) => {
    const clock = new VirtualClock();
    world = new GatewayWorld(new SlowDirectory(clock, appendMs), clock);
    const client = world.client();
    const welcomed = client.hello();
    await clock.advanceAsync(400);
    await welcomed;
    for (let n = 0; n < 100; n += 1) {
      client.audio(1);
      await clock.advanceAsync(CHUNK_MS);
    }

    const startedAtMs = clock.nowMs();
    let doneAtMs = Infinity;
    void world.gateway.drain({ deadlineMs: 30_000 }).then(() => (doneAtMs = clock.nowMs()));
    for (let n = 0; n < 1_700 && doneAtMs === Infinity; n += 1) {
      if (client.closed === null) client.audio(1);
      await clock.advanceAsync(CHUNK_MS);
    }
    await settled();

    expect(doneAtMs - startedAtMs).toBeLessThan(1_000);
  },
);
