/** Whatever happens to the link, in whatever order: every sample is told once, or still there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { expectBalanced, expectQuiet, watchSlabs } from '../support/expect-quiet.ts';
import { FLUSH, GOODBYE, transcriptFrame } from '../support/fake-provider.ts';
import type { DialOutcome, FakeSocket } from '../support/fake-transport.ts';
import { heardMs, samplesAt, TalkWorld } from './talk-world.ts';

const PRIMER_SAMPLES = samplesAt(100);

/** A service that hears every frame, and remembers of each socket up to where it told finals. */
class Service {
  readonly #toldMs = new Map<FakeSocket, number>();

  readonly onFrame = (socket: FakeSocket, frame: string | Uint8Array): void => {
    if (frame === FLUSH) this.tellFinal(socket, 1, true);
    if (frame !== GOODBYE) return;
    this.tellFinal(socket, 1, false);
    const finished = { kind: 'finished', samples: samplesAt(heardMs(socket)) };
    socket.answer(JSON.stringify(finished));
    socket.endsAfter(15, { code: 1000, reason: '' });
  };

  /** A final of that share of what it heard since the last one. */
  tellFinal(socket: FakeSocket, share: number, answersFlush: boolean): void {
    const fromMs = this.#toldMs.get(socket) ?? 0;
    const toMs = fromMs + Math.floor((heardMs(socket) - fromMs) * share);
    if (toMs === fromMs || !socket.isOpen) return;
    this.#toldMs.set(socket, toMs);
    socket.answer(
      transcriptFrame({
        fromSample: samplesAt(fromMs),
        toSample: samplesAt(toMs),
        text: 'some words of it',
        answersFlush,
      }),
    );
  }
}

interface Step {
  readonly what: string;
  readonly run: (world: TalkWorld, service: Service) => Promise<void> | void;
}

const refusal: DialOutcome = { code: 1006, reason: '', status: 503 };
const limited: DialOutcome = { code: 1006, reason: '', status: 429 };

function chosen(world: TalkWorld, pick: number): FakeSocket | undefined {
  return world.transport.live[pick % Math.max(1, world.transport.live.length)];
}

const anyPick = fc.integer({ min: 0, max: 1 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }).map((chunks) => speaks(chunks * 20)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyPick, fc.double({ min: 0.1, max: 1, noNaN: true }))
      .map(([pick, share]): Step => ({
        what: `final of ${share}`,
        run: (world, service) => {
          const socket = chosen(world, pick);
          if (socket) service.tellFinal(socket, share, false);
        },
      })),
  },
  {
    weight: 3,
    arbitrary: anyPick.map((pick): Step => ({
      what: 'socket ends',
      run: (world) => chosen(world, pick)?.end(),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(anyPick, fc.boolean()).map(([pick, isHalfOpen]): Step => ({
      what: isHalfOpen ? 'half-open' : 'heals',
      run: (world) => {
        const socket = chosen(world, pick);
        if (isHalfOpen && socket) socket.isHalfOpen = true;
        else socket?.heal();
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<DialOutcome>('opens', 'hangs', refusal, limited)
      .map((outcome): Step => ({
        what: `dials: ${JSON.stringify(outcome)}`,
        run: (world) => {
          world.transport.outcome = () => outcome;
        },
      })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 15_000 }).map((ms): Step => ({
      what: `${ms} ms pass`,
      run: (world) => world.pass(ms),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({
      what: 'drain',
      run: (world) => void world.session.drain(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 600, max: 20_000 }).map((ms): Step => ({
      what: `sleep of ${ms} ms`,
      run: (world) => world.clock.sleep(ms),
    })),
  },
);

function speaks(ms: number): Step {
  return { what: `speaks ${ms} ms`, run: (world) => world.speak(ms) };
}

function newWorld(service: Service): TalkWorld {
  return new TalkWorld({
    onFrame: service.onFrame,
    session: {
      retentionMs: 3_600_000,
      retentionBytes: 64 * 1_024 * 1_024,
      reconnect: { maxAttempts: 1_000, capMs: 4_000, retryInitialConnect: true },
    },
  });
}

/** Each final begins where the last one ended, and each socket was sent one stretch of the recording. */
function expectWhole(world: TalkWorld): void {
  let toldMs = 0;
  for (const { startMs, endMs, isFinal } of world.finals) {
    expect(isFinal).toBe(true);
    expect(startMs).toBeCloseTo(toldMs, 6);
    toldMs = endMs;
  }
  expect(world.session.ledger.deliveredMs).toBeCloseTo(toldMs, 6);
  expect(world.session.ledger.gap).toBe(0);
}

/** Apart from the silence that keeps a quiet link open, what a socket was sent follows on without a break. */
function expectOneStretch(socket: FakeSocket): void {
  const samples = new Int16Array(Uint8Array.from(socket.audio).buffer);
  const isPrimed = samples.length > 1 && samples[0] === samples[1];
  const from = isPrimed ? PRIMER_SAMPLES : 0;
  let breaks = 0;
  for (let index = from + 1; index < samples.length; index += 1) {
    if (((samples[index - 1]! + 1) << 16) >> 16 !== samples[index]) breaks += 1;
  }
  expect(breaks).toBe(0);
}

describe('a session under any faults', () => {
  it('delivers everything once and in order as soon as the network lets it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 25 }), async (steps) => {
        const service = new Service();
        const world = newWorld(service);
        const connecting = world.session.connect();
        await world.pass(10);
        await connecting;

        for (const step of steps) {
          await step.run(world, service);
          expectBalanced(world.session);
          expectWhole(world);
        }
        world.transport.outcome = () => 'opens';
        for (const socket of world.transport.live) socket.heal();
        const drained = world.session.drain();
        await world.pass(400_000);

        expect(await drained).toBe(true);
        expect(world.session.status).toBe('active');
        expect(world.session.ledger).toMatchObject({ buffered: 0, gap: 0 });
        expectWhole(world);
        for (const socket of world.transport.sockets) expectOneStretch(socket);
        await endQuiet(world, 5_000);
      }),
      { numRuns: 60 },
    );
  });

  it('ends quiet wherever it is closed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 12 }),
        fc.constantFrom(0, 1, 500, 5_000),
        async (steps, drainTimeoutMs) => {
          const slabs = watchSlabs();
          const heldBefore = slabs.held;
          const service = new Service();
          const world = newWorld(service);
          world.session.connect().catch(() => undefined);
          for (const step of steps) await step.run(world, service);

          await endQuiet(world, drainTimeoutMs);

          expect(slabs.held).toBe(heldBefore);
          expectWhole(world);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function endQuiet(world: TalkWorld, drainTimeoutMs: number): Promise<void> {
  const closing = world.session.close({ drainTimeoutMs });
  await world.pass(10_000);
  const { left, ledger } = await closing;
  expect(left.chunks).toBe(ledger.buffered);
  expectQuiet(world);
}
