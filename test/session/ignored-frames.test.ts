/** What a service says that its adapter makes nothing of is counted, and told nowhere else. */
import { describe, expect, it } from 'vitest';

import { ConversationWorld } from './conversation-world.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { LogField } from '../../src/ports/logger.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { TalkWorld } from './talk-world.ts';

type Logged = readonly [message: string, fields: Readonly<Record<string, LogField>>];

async function listening() {
  const logged: Logged[] = [];
  const logger = {
    ...silentLogger,
    debug: (message: string, fields = {}) => void logged.push([message, fields]),
  };
  const world = await new ConversationWorld({ session: { logger } }).connected();
  const ignore = (what: string): void => world.tell({ kind: 'ignored', what });
  return { world, logged, ignore };
}

describe('a frame that is not understood', () => {
  it('is counted by its name, over every socket, and ends nothing', async () => {
    const { world, ignore } = await listening();
    ignore('MoodDetected');
    ignore('MoodDetected');
    await world.breaks();

    ignore('MoodDetected');
    ignore('a frame without a name');

    expect([...world.session.ignored]).toEqual([
      ['MoodDetected', 3],
      ['a frame without a name', 1],
    ]);
    expect(world.eventsOf('warning')).toEqual([]);
    expect(world.session.status).toBe('active');
  });

  it('is logged once for each name', async () => {
    const { logged, ignore } = await listening();

    for (const what of ['One', 'Two', 'One']) ignore(what);

    expect(logged.filter(([message]) => message === 'a frame was ignored')).toEqual([
      ['a frame was ignored', { provider: 'fake', what: 'One' }],
      ['a frame was ignored', { provider: 'fake', what: 'Two' }],
    ]);
  });

  it('is one of the others where there are 32 names already, and a long name is cut', async () => {
    const { world, logged, ignore } = await listening();

    ignore('x'.repeat(1_000));
    for (let index = 0; index < 500; index += 1) ignore(`name ${index}`);
    ignore('name 0');

    const { ignored } = world.session;
    expect([...ignored.keys()][0]).toBe('x'.repeat(64));
    expect(ignored.size).toBe(33);
    expect(ignored.get('name 0')).toBe(2);
    expect(ignored.get('other')).toBe(500 - 31);
    expect(logged).toHaveLength(33);
  });

  it('leaves a copy of the books with whoever looks, and none where there was none', async () => {
    const { world, ignore } = await listening();
    const before = world.session.ignored;

    ignore('One');
    await world.session.close({ drainTimeoutMs: 0 });

    expect([before.size, world.session.ignored.get('One')]).toEqual([0, 1]);
  });

  it('is counted by a real adapter, whose key is not in its name', async () => {
    const candidates = [deepgramListen({ apiKey: 'averysecretkey' })] as const;
    const world = await new TalkWorld({ session: { candidates } }).connected();

    for (const type of ['Weather', 'averysecretkey', 'a1b2c3d4e5f6a7b8c9d0']) {
      world.last.say(JSON.stringify({ type }));
    }

    expect([...world.session.ignored]).toEqual([
      ['Weather', 1],
      ['unnamed', 2],
    ]);
  });
});
