/** Every piece of code in docs/testing.md that begins with a file's name compiles, and its tests pass. */
import { afterAll, describe, expect, it } from 'vitest';

import { Examples } from './examples.ts';

const examples = new Examples('docs/testing.md');

afterAll(() => examples.remove());

for (const file of examples.files.filter((name) => name.endsWith('.test.ts'))) {
  describe(`the example ${file}`, async () => {
    await examples.run(file);
  });
}

describe('the examples', () => {
  it('are those that the document tells of', () => {
    expect(examples.files).toEqual([
      'my-speech.ts',
      'my-speech.test.ts',
      'my-posts.ts',
      'my-posts.test.ts',
      'my-store.test.ts',
      'app.test.ts',
      'chat.test.ts',
      'door.ts',
      'door.test.ts',
      'handmade-door.test.ts',
      'lamp.test.ts',
      'call.test.ts',
    ]);
  });

  it('compile where a user is strict', { timeout: 60_000 }, () => {
    expect(examples.complaints()).toEqual([]);
  });
});
