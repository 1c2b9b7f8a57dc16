/** Every example in docs/browser.md compiles where a user is strict. What they do is tested in a browser (test/browser/). */
import { afterAll, describe, expect, it } from 'vitest';

import { Examples } from './examples.ts';

const examples = new Examples('docs/browser.md');
afterAll(() => examples.remove());

describe('docs/browser.md', () => {
  it('has examples that compile as a user would have them', { timeout: 120_000 }, () => {
    expect(examples.files).toEqual(['page.ts', 'microphone.ts', 'loudspeaker.ts', 'container.ts']);
    expect(examples.complaints()).toEqual([]);
  });
});
