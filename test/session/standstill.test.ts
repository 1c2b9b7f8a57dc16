/** A link that lives, and whose service keeps nothing of what it is sent: PROTOCOL.md, P15.6. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';
import type { ConversationOptions } from './conversation-world.ts';

async function standing(options: ConversationOptions = {}) {
  const world = await new ConversationWorld(options).connected();
  const warnings: string[] = [];
  world.session.on('warning', ({ error }) => warnings.push(error.message));
  const standsStill = (forMs: number): void => {
    world.tell({ kind: 'standstill', sinceMs: 7, forMs });
  };
  return { world, warnings, standsStill };
}

describe('a session whose service keeps nothing of what it is sent', () => {
  it('P15.6 is warned of it once, and goes on', async () => {
    const { world, warnings, standsStill } = await standing();
    const socket = world.last;

    for (let seconds = 1; seconds < 30; seconds += 1) standsStill(seconds * 1_000);

    expect(warnings).toEqual([expect.stringContaining('for 12 s it lives')]);
    expect([world.session.status, world.last]).toEqual(['active', socket]);
  });

  it('P15.6 leaves it after 30 s for another socket, as after any loss', async () => {
    const { world, standsStill } = await standing();
    const socket = world.last;
    const causes: unknown[] = [];
    world.session.on('connection.reconnected', ({ cause }) => causes.push(cause));

    standsStill(30_000);
    const left = world.session.status;
    await world.pass(5_000);

    expect(left).toBe('reconnecting');
    expect([world.session.status, world.last === socket]).toEqual(['active', false]);
    expect(causes).toMatchObject([{ kind: 'transient', code: 'stalled' }]);
  });

  it('is treated the same where another chart owns the connection', async () => {
    const { world, warnings, standsStill } = await standing({ traits: { endsAfterMs: 3_600_000 } });

    standsStill(12_000);
    standsStill(30_000);

    expect(warnings).toHaveLength(1);
    expect(world.session.status).toBe('reconnecting');
  });
});
