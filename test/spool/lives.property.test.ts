/** Whatever happens to a client with a spool, over however many lives: what was stored arrives, once and in order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';

type Deed =
  | { readonly deed: 'speak'; readonly chunks: number }
  | { readonly deed: 'flush' | 'kill' | 'cut' | 'stall' | 'flow' | 'crash' };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ deed: fc.constant('speak'), chunks: fc.nat({ max: 9 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        ...(['flush', 'kill', 'kill', 'cut', 'stall', 'flow', 'crash'] as const),
      ),
    }),
  },
);

/** A client over its lives, and what of it has to arrive. */
class Client {
  readonly lives = new Lives();
  /** Chunks that were stored when their process was killed, or that it lived to deliver. */
  readonly owed = new Set<number>();
  #life: Life | null = null;
  #stored = 0;
  #bornAt = 0;
  #flow: (() => void) | null = null;

  async born(): Promise<void> {
    this.#bornAt = this.lives.written;
    this.#stored = this.lives.written;
    this.#life = await this.lives.begin();
    void this.#life.session.connect().catch(() => undefined);
  }

  async run(deed: Deed): Promise<void> {
    const { world } = this.lives;
    const life = this.#life!;
    switch (deed.deed) {
      case 'speak':
        await life.speak(deed.chunks * 100);
        expectBalanced(life);
        return;
      case 'flush':
        if (await life.spool.flush()) this.#stored = this.lives.written;
        return;
      case 'kill':
        this.#owe(this.#stored);
        life.kill();
        await this.born();
        return;
      case 'cut':
        world.network.memory.reset();
        return;
      case 'stall':
        this.#flow ??= world.network.memory.stall();
        return;
      case 'flow':
        this.#flow?.();
        this.#flow = null;
        return;
      case 'crash':
        world.crash();
    }
  }

  /** The last life delivers all. */
  async end(): Promise<void> {
    await this.run({ deed: 'flow' });
    const life = this.#life!;
    await this.lives.world.pass(40_000);
    this.#owe(this.lives.written);
    const numbers = await this.#logged();
    const { ledger, finished, spool } = await life.close();
    await this.lives.world.close();

    expect(numbers.filter((number, at) => number <= (numbers[at - 1] ?? -1))).toEqual([]);
    expect([...this.owed].filter((number) => !numbers.includes(number))).toEqual([]);
    expect(life.of('gap')).toEqual([]);
    expect({ finished, spool }).toEqual({ finished: true, spool: 'emptied' });
    expect(ledger.capturedMs).toBe(numbers.length * 100);
    expect(ledger.deliveredMs).toBe(ledger.capturedMs);
  }

  #owe(through: number): void {
    for (let chunk = this.#bornAt; chunk < through; chunk += 1) this.owed.add(chunk);
  }

  /** Of each chunk in the log its number, in the order of the stream: once, and without a hole. */
  async #logged(): Promise<readonly number[]> {
    const frames = await this.lives.world.logged();
    let position = 0;
    return frames.map((frame) => {
      if (frame.type === 'gap') throw new Error('a gap stands in the log');
      expect(frame.position).toBe(position);
      position += frame.payload.length / 2;
      return frame.payload[0] ?? -1;
    });
  }
}

function expectBalanced({ session }: Life): void {
  const { captured, delivered, gap, buffered, capturedMs, deliveredMs, gapMs, bufferedMs } =
    session.ledger;
  expect(captured).toBe(delivered + gap + buffered);
  expect(capturedMs).toBeCloseTo(deliveredMs + gapMs + bufferedMs, 6);
}

describe('a client with a spool', () => {
  it('loses nothing that was stored, over all of its lives, and sends nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deeds, { minLength: 3, maxLength: 24 }), async (all) => {
        const client = new Client();
        await client.born();
        await client.lives.world.pass(1_000); // a session that was never stored is another one
        for (const deed of all) await client.run(deed);
        await client.end();
      }),
      {
        numRuns: 60,
        // What is captured in a second life, and sent before it was stored that it stands behind the seam.
        examples: [
          [[{ deed: 'kill' }, { deed: 'speak', chunks: 2 }, { deed: 'kill' }, { deed: 'flush' }]],
          [[{ deed: 'kill' }, { deed: 'speak', chunks: 3 }, { deed: 'kill' }, { deed: 'flush' }]],
        ],
      },
    );
  });
});
