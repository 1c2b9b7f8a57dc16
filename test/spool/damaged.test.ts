/** What is not as it was written is told, with what to do about it: it makes nobody hang, and keeps no spool locked. */
import { describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

type Damage = (head: { books: Record<string, unknown>; shared: Record<string, never> }) => void;

/** What a client left behind that had reached its gateway, changed on its way. */
async function damaged(damage: Damage): Promise<Lives> {
  const lives = new Lives();
  const life = await (await lives.begin()).connect();
  await life.speak(1_000);
  await life.spool.flush();
  life.kill();
  const [kind = 0, ...text] = lives.storage.head ?? [];
  const head = JSON.parse(decoder.decode(Uint8Array.from(text))) as Parameters<Damage>[0];
  damage(head);
  lives.storage.setHead(Uint8Array.of(kind, ...encoder.encode(JSON.stringify(head))));
  return lives;
}

describe('a spool that was changed', () => {
  it('is opened where nothing of it was', async () => {
    const lives = await damaged(() => undefined);

    const life = await lives.begin();

    expect(life.spool.remains).toMatchObject({ heldMs: expect.any(Number) as number });
    await life.close();
  });

  it.each<[string, Damage]>([
    ['no books', (head) => Object.assign(head, { books: null })],
    ['a count that is none', ({ books }) => Object.assign(books, { deliveredChunks: '7' })],
    ['chunks without end', ({ books }) => Object.assign(books, { evictedChunks: 1e15 })],
    ['books that do not balance', ({ books }) => Object.assign(books, { delivered: 1e9 })],
    ['stretches that are none', ({ books }) => Object.assign(books, { told: [{ from: 1 }] })],
    ['no gaps that are untold', ({ books }) => delete books['untold']],
    [
      'a gap for no reason',
      ({ books }) => Object.assign(books, { untold: [{ from: 0, to: 2, chunks: 1, reason: 'x' }] }),
    ],
    ['nothing of its streams', (head) => Object.assign(head, { shared: [] })],
  ])('is refused at the door: %s', async (_, damage) => {
    const lives = await damaged(damage);

    await expect(lives.begin()).rejects.toMatchObject({ code: 'SPOOL_CORRUPT' });
  });

  it.each<[string, object]>([
    ['numbers without end', { numbers: { start: 0, firstSeq: 1, runs: [[1e12, 0]] } }],
    ['runs that are none', { numbers: { start: 0, firstSeq: 1, runs: 'many' } }],
    ['a token that is none', { token: 7 }],
    ['a dial that is none', { att: 'first' }],
  ])('is told when its gateway is dialled: %s', async (_, change) => {
    const lives = await damaged(({ shared }) => {
      for (const saved of Object.values(shared)) Object.assign(saved, change);
    });
    const life = await lives.begin();

    const failed = life.session.connect().catch((error: unknown) => error);
    await lives.world.pass(1_000);

    const { code, remediation } = (await failed) as { code: string; remediation: string };
    expect({ code, remediation }).toEqual({
      code: 'SPOOL_CORRUPT',
      remediation: expect.stringContaining('fresh: true') as string,
    });
    await life.close();
  });
});

describe('a session that cannot begin', () => {
  it('lets go of its spool', async () => {
    const lives = new Lives();
    const before = await lives.begin();
    before.write();
    expect((await before.close()).spool).toBe('kept');
    const network = {
      isOnline: true,
      sawTraffic: () => undefined,
      subscribe: () => {
        throw new Error('there is no such network');
      },
    };

    const begin = (options: object): Promise<Life> => lives.begin(options);

    await expect(begin({ network })).rejects.toThrow('no such network');
    await lives.world.pass(10);
    expect(lives.storage.closes).toBe(2);
    const next = await (await begin({})).connect();
    expect(next.spool.remains).toMatchObject({ heldMs: 100 });
    expect(await next.close()).toMatchObject({ finished: true, spool: 'emptied' });
  });
});
