/** What a session is told of how well a gateway keeps it, and of what it lost. */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { resolveOptions } from '../../src/session/options.ts';
import { MemoryTransport } from '../../src/testing/memory-transport.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

let world: LinkWorld | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

describe('how well a session is kept', () => {
  it('is told on each link, and with the end of the session', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);
    world.network.memory.reset();
    await world.speak(2_000);
    await world.pass(1_000);

    const closing = world.session.close();
    await world.pass(10_000);

    expect(world.of('gateway.attached')).toEqual([
      { type: 'gateway.attached', durability: 'memory', resumed: false },
      { type: 'gateway.attached', durability: 'memory', resumed: true },
    ]);
    expect(await closing).toMatchObject({ durability: 'memory' });
  });

  it('is told of a session that was lost: what it had acknowledged, and from where it is sent again', async () => {
    world = await new LinkWorld(1, {}, 160_000).connect(); // a final every 10 s
    await world.speak(18_000);
    await world.pass(500);

    await world.forget();
    await world.speak(5_000);
    await world.pass(3_000);

    expect(world.of('gateway.sessionLost')).toEqual([
      { type: 'gateway.sessionLost', acknowledgedMs: 18_000, resentFromMs: 10_000, gapMs: 0 },
    ]);
    expect(world.of('gap')).toEqual([]);
  });

  it('names as a gap what is not held any more', async () => {
    world = await new LinkWorld(1, { retentionBytes: 96_000 }, 320_000).connect(); // a final every 20 s
    await world.speak(38_000);
    await world.pass(500);

    await world.forget();
    await world.speak(5_000);
    await world.pass(3_000);

    const [lost] = world.of('gateway.sessionLost');
    const gapMs = world.of('gap').reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(lost?.resentFromMs).toBe(20_000);
    expect(lost?.gapMs).toBeGreaterThan(4_000);
    expect(gapMs).toBe(lost?.gapMs);
  });
});

describe('what is kept for a gateway', () => {
  const warnings: unknown[] = [];
  const note = (): void => undefined;
  const warn: Logger['warn'] = (message, fields) => warnings.push([message, fields]);
  const transport = new MemoryTransport({ clock: new VirtualClock(0) });
  const base = {
    candidates: [gateway({ url: 'wss://voice.example' })],
    transport,
    logger: { debug: note, info: note, warn, error: note },
  };

  it.each([8_000, 16_000, 48_000] as const)('covers the grace at %d Hz', (sampleRateHz) => {
    warnings.length = 0;
    const format = { encoding: 'pcm_s16le', sampleRateHz } as const;

    const { retentionMs, retentionBytes } = resolveOptions({ ...base, format });

    expect(retentionMs).toBeGreaterThanOrEqual(120_000);
    expect(retentionBytes).toBeGreaterThanOrEqual(120 * sampleRateHz * 2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['retentionMs', { retentionMs: 60_000 }, 60_000],
    ['retentionBytes', { retentionBytes: 960_000 }, 30_000],
  ])('that is given too small by %s is told at the door', (_name, options, heldMs) => {
    warnings.length = 0;

    resolveOptions({ ...base, ...options });

    expect(warnings).toEqual([
      [expect.stringContaining('less long than a gateway waits'), { heldMs, graceMs: 120_000 }],
    ]);
  });
});
