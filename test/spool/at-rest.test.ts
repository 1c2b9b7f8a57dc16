/** What is stored: encrypted where a key is given, and told where it fails, fills up, is old or not ours. */
import { afterEach, describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import { MemorySpool } from './memory-spool.ts';
import type { SessionSpool } from '../../src/session/spooling.types.ts';
import { openSpoolIn } from '../../src/spool/open-spool.ts';

const KEY = new Uint8Array(32).fill(7);
const opened: Lives[] = [];

function lives(): Lives {
  const made = new Lives();
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const { world } of opened.splice(0)) await world.close();
});

/** Of a session that was killed in the middle of it. */
async function remains(options = {}): Promise<Lives> {
  const all = lives();
  const first = await (await all.begin({}, options)).connect();
  const end = all.world.network.memory.stall();
  for (let times = 0; times < 4; times += 1) {
    await first.speak(500);
    await first.spool.flush(); // sealing takes real time
  }
  first.kill();
  end();
  return all;
}

describe('a spool with a key', () => {
  it('stores neither audio nor token in the clear, and gives all of it back', async () => {
    const plain = await remains();
    const sealed = await remains({ key: KEY });
    const [clear, hidden] = [Buffer.from(plain.storage.bytes), Buffer.from(sealed.storage.bytes)];

    const second = await sealed.begin({}, { key: KEY });

    expect(clear.includes('"token"')).toBe(true);
    expect(clear.includes(Buffer.alloc(3_200, 5))).toBe(true);
    expect(hidden.includes('"token"')).toBe(false);
    expect(hidden.includes(Buffer.alloc(8, 5))).toBe(false);
    expect(second.session.ledger).toMatchObject({ capturedMs: 2_000 });
    await second.connect();
    expect((await second.close()).ledger).toMatchObject({ deliveredMs: 2_000, gapMs: 0 });
  });

  it('uses no nonce twice', async () => {
    const { storage } = await remains({ key: KEY });
    const nonces = [storage.head!, ...storage.blocks.map(({ bytes }) => bytes)].map((bytes) =>
      Buffer.from(bytes.subarray(1, 13)).toString('hex'),
    );

    expect(nonces.length).toBeGreaterThan(4);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each([
    ['another key', { key: KEY }, { key: new Uint8Array(32).fill(8) }],
    ['no key', { key: KEY }, {}],
    ['a key that it was not written with', {}, { key: KEY }],
  ])('is not opened with %s, and not touched', async (_what, written, given) => {
    const all = await remains(written);
    const before = Buffer.from(all.storage.bytes);

    await expect(all.begin({}, given)).rejects.toMatchObject({ code: 'SPOOL_KEY_WRONG' });

    expect(Buffer.from(all.storage.bytes)).toEqual(before);
    const second = await (await all.begin({}, written)).connect();
    expect((await second.close()).ledger).toMatchObject({ deliveredMs: 2_000 });
  });

  it('tells SPOOL_CORRUPT where blocks have changed places', async () => {
    const all = await remains({ key: KEY });
    const [one, two, ...rest] = all.storage.blocks;
    const swapped = [{ ...one!, bytes: two!.bytes }, { ...two!, bytes: one!.bytes }, ...rest];
    const storage = new MemorySpool();
    storage.open = () => Promise.resolve({ head: all.storage.head, blocks: swapped });

    await expect(openSpoolIn(storage, { name: 'test', key: KEY })).rejects.toMatchObject({
      code: 'SPOOL_CORRUPT',
    });
  });

  it('is refused a key of another length', async () => {
    await expect(
      openSpoolIn(new MemorySpool(), { name: 'test', key: new Uint8Array(31) }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it.each(['a passphrase', null, 5, {}])('is refused what is no key: %j', async (key) => {
    await expect(
      openSpoolIn(new MemorySpool(), { name: 'test', key: key as never }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID', message: 'key is no key.' });
  });

  it('is not opened without one in silence, where its name is misspelt', async () => {
    const options = { name: 'test', encryptionKey: KEY };

    await expect(openSpoolIn(new MemorySpool(), options)).rejects.toMatchObject({
      message: 'There is no openSpool option "encryptionKey".',
    });
  });
});

describe('a spool', () => {
  it.each(['quota', 'broken'] as const)(
    'that fails (%s) is told once, stops nobody, and is whole again when it can be',
    async (failure) => {
      const all = lives();
      const life = await (await all.begin()).connect();
      const end = all.world.network.memory.stall();
      await life.speak(1_000);
      all.storage.failure = failure;
      await life.speak(5_000);

      const [failed, ...more] = life.of('spool.failed');
      all.storage.failure = null;
      await life.speak(9_000);
      life.kill();
      end();
      const second = await (await all.begin()).connect();
      await all.world.pass(3_000);

      expect(failed).toMatchObject({
        reason: failure === 'quota' ? 'quota' : 'unavailable',
        error: { code: failure === 'quota' ? 'SPOOL_QUOTA_EXCEEDED' : 'SPOOL_UNAVAILABLE' },
      });
      expect(failed!.bytes).toBeGreaterThan(0);
      expect(more).toEqual([]);
      expect(life.of('spool.recovered')).toHaveLength(1);
      const { ledger } = await second.close();
      expect(ledger.deliveredMs).toBe(ledger.capturedMs);
      expect(ledger.capturedMs).toBeGreaterThanOrEqual(14_700);
    },
  );

  /** Not every storage says that it is full. */
  it.each(['quota', 'wordless'] as const)(
    'lets go of what is done with though nothing more can be stored (%s)',
    async (failure) => {
      const all = lives();
      const life = await (await all.begin()).connect();
      await life.speak(3_000);
      await life.spool.flush();
      all.storage.failure = failure;
      const before = all.storage.blocks.at(0)?.number ?? 0;

      await life.speak(3_000);

      expect(all.storage.blocks.at(0)?.number ?? Infinity).toBeGreaterThan(before);
      all.storage.failure = null;
      await life.close();
    },
  );

  it('holds what its capacity says; the oldest beyond it is a gap', async () => {
    const all = lives();
    const life = await (await all.begin({}, { capacityBytes: 640_000 })).connect();
    const end = all.world.network.memory.stall();
    await life.speak(25_000);
    await life.spool.flush();
    life.kill();
    end();

    const second = await (await all.begin({}, { capacityBytes: 640_000 })).connect();
    await all.world.pass(2_000);
    const { ledger } = await second.close();

    expect(ledger.capturedMs).toBe(25_000);
    expect(ledger.deliveredMs + ledger.gapMs).toBe(25_000);
    expect(ledger.deliveredMs).toBeGreaterThanOrEqual(20_000);
  });

  it('that is too old is dropped, and says so', async () => {
    const all = await remains();
    await all.world.pass(3_000);

    const second = await all.begin({}, { maxAgeMs: 2_000 });

    expect(second.spool.remains).toMatchObject({ isDropped: true, heldMs: 2_000 });
    expect(second.session.ledger).toMatchObject({ captured: 0 });
    expect(all.storage.head).toBeNull();
  });

  it('says what it brings, and takes no audio of another rate', async () => {
    const all = await remains();

    const begun = all.begin({ format: { encoding: 'pcm_s16le', sampleRateHz: 8_000 } });

    await expect(begun).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const second = await all.begin();
    expect(second.spool.remains).toMatchObject({ heldMs: 2_000, lostMs: 0, isDropped: false });
  });

  it('is of one session', async () => {
    const all = lives();
    const life = await all.begin();

    await expect(life.spool.discard()).rejects.toMatchObject({ code: 'SPOOL_IN_USE' });
    expect(() => (life.spool as SessionSpool).join({} as never, { format: {} } as never)).toThrow(
      'open elsewhere',
    );
  });

  it('keeps what a session that is closed did not deliver, and says so', async () => {
    const all = await remains();
    const second = await all.begin();

    const { spool, drained } = await second.session.close({ drainTimeoutMs: 0 });

    expect({ spool, drained }).toEqual({ spool: 'kept', drained: false });
    const third = await (await all.begin()).connect();
    expect(await third.close()).toMatchObject({ spool: 'emptied', finished: true });
  });
});
