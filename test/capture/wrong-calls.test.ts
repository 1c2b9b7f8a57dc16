/** What a page cannot capture with, or forget by, is said before anything is asked of its platform. */
import { describe, expect, it } from 'vitest';

import { Microphone } from '../../src/capture/microphone.browser.ts';
import { forgetSpools } from '../../src/spool/forget-spools.browser.ts';

const refusal = { code: 'OPTION_INVALID' };

describe('a microphone', () => {
  it.each([undefined, null, {}, { onChunk: 'chunk' }])(
    'refuses %o for its handlers',
    async (none) => {
      await expect(new Microphone().start(none as never)).rejects.toMatchObject({
        ...refusal,
        message: 'onChunk is no function.',
      });
    },
  );

  it.each([null, 5])('refuses %s for its options', (none) => {
    expect(() => new Microphone(none as never)).toThrow(expect.objectContaining(refusal));
  });
});

describe('who forgets spools', () => {
  it.each([null, { perfix: 'a' }])('refuses %o', async (options) => {
    await expect(forgetSpools(options as never)).rejects.toMatchObject(refusal);
  });
});
