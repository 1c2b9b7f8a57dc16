/** What becomes of what was captured while its storage fails, is full, or loses all that it had. */
import { describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';

/** Records with nobody to send to. */
async function recorded(lives: Lives, chunks: number): Promise<Life> {
  const life = await lives.begin();
  for (let chunk = 0; chunk < chunks; chunk += 1) life.write();
  await life.spool.flush();
  return life;
}

describe('a spool whose storage fails', () => {
  it('says at its end whether all is stored', async () => {
    const [good, bad] = [new Lives(), new Lives()];
    const [stored, unstored] = [await recorded(good, 3), await recorded(bad, 3)];
    bad.storage.failure = 'broken';
    unstored.write();

    expect((await stored.close()).spool).toBe('kept');
    expect((await unstored.close()).spool).toBe('incomplete');
    expect((await bad.begin()).spool.remains).toMatchObject({ heldMs: 300, lostMs: 0 });
  });

  it('says so where the storage never answers as well, and is not waited for', async () => {
    const lives = new Lives();
    const life = await recorded(lives, 3);
    lives.storage.wait = () => new Promise(() => undefined);
    life.write();

    expect((await life.close()).spool).toBe('incomplete');
  });

  it('stores all of it anew where what was stored has vanished, and nobody need know', async () => {
    const lives = new Lives();
    const life = await recorded(lives, 4);
    lives.storage.vanish();
    life.write();

    expect(await life.spool.flush()).toBe(true);

    expect(life.of('spool.failed')).toEqual([]);
    life.kill();
    const next = await lives.begin();
    expect(next.spool.remains).toMatchObject({ heldMs: 500, lostMs: 0 });
    await next.connect();
    expect(await next.close()).toMatchObject({ finished: true, spool: 'emptied' });
    expect(next.session.ledger).toMatchObject({ captured: 5, delivered: 5, gap: 0 });
  });
});
