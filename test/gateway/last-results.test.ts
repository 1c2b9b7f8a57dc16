/** The end of a session at a gateway: that it has all of the audio does not mean that it has told what comes of it. */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';

const TOLD_EVERY_MS = 4_000;
const PATIENCE_MS = 5_000;
const GOODBYE_MS = 3_000;

let world: LinkWorld;

afterEach(() => world.close());

/** Tells `count` more finals after the end, one every 4 s, and then nothing more; or that is all. */
function tellsSlowly(count: number, ends: boolean): void {
  let isOver = false; // else it is asked again by each gateway that comes
  world.app.onFinish = async () => {
    for (let told = 0; told < count && !isOver; told += 1) {
      await new Promise<void>((resolve) => {
        world.clock.setTimeout(resolve, TOLD_EVERY_MS);
      });
      const from = 30_000 + told * 300;
      world.app.session?.result({ type: 'final', from, to: from + 300, text: `late ${told}` });
    }
    isOver = true;
    if (!ends) await new Promise(() => undefined);
  };
}

async function closed(): Promise<{ readonly finished: boolean; readonly drained: boolean }> {
  const closing = world.session.close({ drainTimeoutMs: PATIENCE_MS });
  await world.pass(60_000);
  return closing;
}

describe('closing a session at a gateway', () => {
  it('waits for what it has still to tell as long as something comes, and then all is told', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);
    await world.pass(500);
    tellsSlowly(6, true);

    const result = await closed();

    expect(result).toMatchObject({ drained: true, finished: true });
    expect(world.finals.slice(-6)).toEqual(Array.from({ length: 6 }, (_, at) => `late ${at}`));
  });

  it('is no loss of the link that ends with it', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);
    await world.pass(500);
    const before = world.events.length;

    const result = await closed();

    expect(result).toMatchObject({ drained: true, finished: true });
    expect(world.events.slice(before).filter(({ type }) => type !== 'transcript')).toMatchObject([
      { type: 'stateChange', previous: 'active', current: 'disconnected' },
    ]);
  });

  it('says so where the gateway tells nothing more and has not told all', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);
    await world.pass(500);
    tellsSlowly(2, false);

    const result = await closed();

    expect(result).toMatchObject({ drained: true, finished: false });
    expect(world.finals.at(-1)).toBe('late 1');
  });

  it('takes no longer than it may where the app handles nothing, and says what is left', async () => {
    world = await new LinkWorld(1, {}, Infinity).connect();
    await world.speak(180_000); // more than a session may hold of what is not handled
    const fromMs = world.clock.nowMs();
    let tookMs = 0;

    const closing = world.session.close({ drainTimeoutMs: 20_000 });
    void closing.then(() => (tookMs = world.clock.nowMs() - fromMs));
    await world.pass(60_000);

    expect(await closing).toMatchObject({ drained: false, finished: false });
    expect(tookMs).toBeGreaterThanOrEqual(20_000);
    expect(tookMs).toBeLessThanOrEqual(20_000 + GOODBYE_MS);
  });

  it('has nothing to wait for where nothing was said', async () => {
    world = await new LinkWorld().connect();

    const result = await closed();

    expect(result).toMatchObject({ drained: true, finished: true });
  });
});
