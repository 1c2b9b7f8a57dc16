import { createActor } from 'xstate';
import type { AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { captureMachine } from '../../machines/capture.machine.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { CaptureWorld, DESK, HEADSET } from './capture-world.ts';

const OTHER = { id: 'other', groupId: 'shelf', isMuted: false };

describe('opening a microphone', () => {
  it('asks for the chosen one, and hears nothing until the platform lets audio through', async () => {
    const world = new CaptureWorld({ chosenId: 'other' });
    const before = world.state;

    await world.answer(OTHER);
    const taken = world.state;
    world.tell({ type: 'audio.resumed' });

    expect([before, taken, world.state]).toEqual([
      'opening',
      'settled, starting',
      'settled, flowing',
    ]);
    expect([world.asked, world.told, world.watches]).toEqual([['other'], ['opened'], 1]);
  });

  it.each([['none' as const], ['never' as const], [new Error('broken')]])(
    'is refused once and for all: %s',
    async (answer) => {
      const world = new CaptureWorld();

      await world.answer(answer);

      expect([world.state, world.told]).toEqual(['failed', ['refused']]);
      expect(world.clock.pending).toBe(0);
    },
  );

  it('that is given up comes to nothing', async () => {
    const world = new CaptureWorld();

    world.actor.stop();
    await world.answer(DESK);

    expect([world.state, world.told]).toEqual(['opening', []]);
  });

  it('tells of one that is muted already, and does not expect sound of it', async () => {
    const world = new CaptureWorld();

    await world.answer({ ...DESK, isMuted: true });
    world.tell({ type: 'audio.resumed' });

    expect([world.state, world.told]).toEqual(['settled, flowing', ['opened', 'muted']]);
  });
});

describe('a microphone that goes away', () => {
  it('is followed by the default one, asked for at once', async () => {
    const world = await CaptureWorld.heard({ chosenId: 'other' }, OTHER);

    world.tell({ type: 'device.lost' });
    const lost = world.state;
    await world.answer(DESK);

    expect([lost, world.state, world.asked]).toEqual(['asking, cut', 'settled, flowing', [null]]);
    expect(world.told).toEqual(['device.release', 'interrupted device', 'changed', 'resumed']);
  });

  it('is known by the list that has it no more, though its track says nothing', async () => {
    const world = await CaptureWorld.heard({}, OTHER);

    world.list(DESK);

    expect(world.state).toBe('asking, cut');
    expect(world.told).toEqual(['device.release', 'interrupted device']);
  });

  it('is waited for with none there: asked for every second, and whenever one is plugged in', async () => {
    const world = await CaptureWorld.heard();
    world.tell({ type: 'device.lost' });
    await world.answer('none');

    await world.clock.advanceAsync(999);
    const before = world.asked.length;
    await world.clock.advanceAsync(1);
    await world.answer('none');
    world.list();

    expect([before, world.asked.length, world.state]).toEqual([1, 3, 'asking, cut']);
  });

  it.each([
    [9_999, 'waiting, cut'],
    [10_000, 'failed'],
  ])(
    'is given up only once none came for the whole time: after %d ms it is %s',
    async (ms, state) => {
      const world = await CaptureWorld.heard();
      world.tell({ type: 'device.lost' });
      await world.clock.advanceAsync(ms);

      await world.answer('none');

      expect(world.state).toBe(state);
      expect(world.told.includes('failed lost 10000')).toBe(state === 'failed');
    },
  );

  it.each([['never' as const], [new Error('broken')]])(
    'is given up at once where another may not be used: %s',
    async (answer) => {
      const world = await CaptureWorld.heard();
      world.tell({ type: 'device.lost' });

      await world.answer(answer);

      expect([world.state, world.told.at(-1)]).toEqual(['failed', 'failed refused 0']);
      expect(world.clock.pending).toBe(0);
    },
  );
});

describe('a default that moves', () => {
  it('is followed, and the one before is heard until then', async () => {
    const world = await CaptureWorld.heard();

    world.list(HEADSET);
    const moving = world.state;
    await world.answer(HEADSET);

    expect([moving, world.state]).toEqual(['moving, flowing', 'settled, flowing']);
    expect([world.asked, world.told]).toEqual([[null], ['changed']]);
  });

  it('to where nothing can be heard leaves the one before', async () => {
    const world = await CaptureWorld.heard();
    world.list(HEADSET);

    await world.answer('none');

    expect([world.state, world.told]).toEqual(['settled, flowing', []]);
  });

  it.each([['none' as const], [new Error('broken')]])(
    'and whose last place goes away meanwhile is looked for where it cannot be had: %s',
    async (answer) => {
      const world = await CaptureWorld.heard();
      world.list(HEADSET);
      world.tell({ type: 'device.lost' });
      const lost = world.state;

      await world.answer(answer);

      expect([lost, world.state, world.asked]).toEqual([
        'moving, cut',
        'asking, cut',
        [null, null],
      ]);
      expect(world.told).toEqual(['device.release', 'interrupted device']);
    },
  );

  it('a second time while it is being followed is not followed twice', async () => {
    const world = await CaptureWorld.heard();
    world.list(HEADSET);

    world.list({ id: 'default', groupId: 'kitchen' });

    expect(world.asked).toEqual([null]);
  });
});

describe('a microphone that is muted', () => {
  it('is told of once, with how long it lasted', async () => {
    const world = await CaptureWorld.heard();

    world.tell({ type: 'track.muted' }, { type: 'track.muted' });
    await world.clock.advanceAsync(700);
    world.tell({ type: 'track.unmuted' }, { type: 'track.unmuted' });

    expect([world.told, world.state]).toEqual([['muted', 'unmuted 700'], 'settled, flowing']);
  });

  it('and goes away is muted no more where the next one is not', async () => {
    const world = await CaptureWorld.heard();
    world.tell({ type: 'track.muted' });
    await world.clock.advanceAsync(700);

    world.tell({ type: 'device.lost' });
    await world.answer(HEADSET);
    world.tell({ type: 'track.muted' });

    expect(world.told.filter((word) => word.includes('muted'))).toEqual([
      'muted',
      'unmuted 700',
      'muted',
    ]);
  });

  it('is silent without anybody being told that nothing comes', async () => {
    const world = await CaptureWorld.heard();
    world.tell({ type: 'track.muted' });

    world.tell({ type: 'chunks.missed' });

    expect([world.state, world.watches, world.told]).toEqual(['settled, flowing', 1, ['muted']]);
  });
});

describe('a microphone of which nothing comes', () => {
  it('owes nothing from the moment that it is muted', async () => {
    const world = await CaptureWorld.heard();
    world.tell({ type: 'chunks.missed' });

    world.tell({ type: 'track.muted' }, { type: 'chunks.missed' });

    expect([world.state, world.told.slice(1)]).toEqual(['settled, flowing', ['muted', 'resumed']]);
    expect(world.clock.pending).toBe(0);
  });

  it('is told of once, and that it comes again', async () => {
    const world = await CaptureWorld.heard();

    world.tell({ type: 'chunks.missed' }, { type: 'chunks.missed' });
    const stalled = world.state;
    world.tell({ type: 'chunks.returned' });

    expect([stalled, world.state]).toEqual(['settled, stalled', 'settled, flowing']);
    expect(world.told).toEqual(['interrupted silent', 'resumed']);
  });

  it('is given up after as long as another would be waited for', async () => {
    const world = await CaptureWorld.heard();
    world.tell({ type: 'chunks.missed' });

    await world.clock.advanceAsync(9_999);
    const before = world.state;
    await world.clock.advanceAsync(1);

    expect([before, world.state]).toEqual(['settled, stalled', 'failed']);
    expect(world.told.at(-1)).toBe('failed silent 10000');
  });
});

describe('audio that the platform suspends', () => {
  it('goes on when it lets it, and with the device that is there by then', async () => {
    const world = await CaptureWorld.heard();

    world.tell({ type: 'audio.suspended' }, { type: 'device.lost' });
    await world.answer(HEADSET);
    const both = world.state;
    world.tell({ type: 'audio.resumed' });

    expect([both, world.state]).toEqual(['settled, cut', 'settled, flowing']);
    expect(world.told).toEqual(['interrupted suspended', 'device.release', 'changed', 'resumed']);
  });

  it('while there is no device goes on when there is one', async () => {
    const world = await CaptureWorld.heard();

    world.tell({ type: 'device.lost' }, { type: 'audio.suspended' }, { type: 'audio.resumed' });
    const before = world.told.includes('resumed');
    await world.answer({ ...HEADSET, isMuted: true });

    expect([before, world.state]).toEqual([false, 'settled, flowing']);
    expect(world.told.slice(-3)).toEqual(['changed', 'muted', 'resumed']);
  });
});

describe('what makes chunks of sound', () => {
  it('ends it where it breaks', async () => {
    const world = await CaptureWorld.heard();

    world.tell({ type: 'hearing.failed' });
    await settle();

    expect([world.state, world.told, world.watches]).toEqual(['failed', ['failed broken 0'], 0]);
  });
});

describe('the capture chart', () => {
  it('describes every state, no deeper than three', () => {
    const all = (node: AnyStateNode): AnyStateNode[] =>
      Object.values<AnyStateNode>(node.states).flatMap((state) => [state, ...all(state)]);

    for (const { id, description, path } of all(captureMachine.root)) {
      expect(description, id).toMatch(/^[A-Z].*\.$/s);
      expect(path.length, id).toBeLessThanOrEqual(3);
    }
  });

  it('is refused every device without the actors that it needs', async () => {
    const actor = createActor(captureMachine, {
      clock: new VirtualClock(0),
      input: { chosenId: null, lossTimeoutMs: 1_000 },
    }).start();
    await settle();

    expect(actor.getSnapshot().value).toBe('failed');
  });
});
