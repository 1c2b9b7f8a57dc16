import { describe, expect, it } from 'vitest';

import { opened, RATE_HZ } from './app-world.ts';

describe('what the client lost', () => {
  // P23.7
  it('is heard as silence of its length, so that times stay true', async () => {
    const speech = await opened();
    await speech.speak(500);
    speech.lose(RATE_HZ);
    await speech.speak(500);
    await speech.pass(2_000);

    await speech.settle('before and after');

    const heard = speech.socket().audio;
    expect(heard.length / 2).toBe(2 * RATE_HZ);
    expect(heard.subarray(RATE_HZ, 3 * RATE_HZ).every((byte) => byte === 0)).toBe(true);
    expect(speech.finals).toEqual([[0, 2 * RATE_HZ, 'before and after']]);
  });

  it('is silence too where positions leap without a word', async () => {
    const speech = await opened();
    await speech.speak(500);
    await speech.speak(500, { position: 3 * RATE_HZ });
    await speech.pass(5_000);

    await speech.settle('all');

    expect(speech.finals).toEqual([[0, 3 * RATE_HZ + 8_000, 'all']]);
    expect(speech.socket().audio.length / 2).toBe(3 * RATE_HZ + 8_000);
  });

  it('is only begun where it is long, and times are true behind it all the same', async () => {
    const speech = await opened();
    const lost = 3_600 * RATE_HZ;
    await speech.speak(500);
    speech.lose(lost);
    await speech.speak(500);
    await speech.pass(10_000);

    const heard = speech.socket().audio.length / 2;
    await speech.settle('before', 8_000);
    await speech.settle('after');

    expect(heard).toBe(16_000 + 5 * RATE_HZ);
    expect(speech.finals).toEqual([
      [0, lost + 8_000, 'before'], // and nothing is there until what follows
      [lost + 8_000, lost + 16_000, 'after'],
    ]);
    expect(speech.told('final').map(({ words }) => words)).toMatchObject([
      [{ text: 'before', from: 0, to: 8_000 }],
      [{ text: 'after', from: lost + 8_000, to: lost + 16_000 }],
    ]);
  });

  it('does no harm where a client makes it up', async () => {
    const speech = await opened();
    await speech.speak(500);

    speech.hear(0, new Uint8Array(320)); // told long ago
    speech.hear(8_000, new Uint8Array(3)); // half a sample more than one
    speech.hear(2 ** 32 - 2, new Uint8Array(640));
    speech.hear(8_001, new Uint8Array(3_200));
    await speech.pass(10_000);
    await speech.settle('all');

    expect(speech.socket().audio.length / 2).toBe(8_000 + 1 + 5 * RATE_HZ + 1);
    expect(speech.finals).toEqual([[0, 2 ** 32 - 1, 'all']]);
  });
});
