import { describe, expect, it } from 'vitest';

import { isElsewhere, isGone } from '../../machines/capture.rules.ts';

const OTHER = { id: 'other', groupId: 'shelf' };

describe('a list of devices', () => {
  const heard = { device: { id: 'one', groupId: 'a' }, chosenId: null };

  it.each([
    ['without it', heard, [OTHER], true],
    ['with it', heard, [OTHER, { id: 'one', groupId: 'a' }], false],
    ['that the page may not see', heard, [], false],
    ['where it has no name', { ...heard, device: { id: '', groupId: '' } }, [OTHER], false],
    ['where none is heard', { ...heard, device: null }, [OTHER], false],
  ])('says whether the one that is heard is gone: %s', (_, view, inputs, expected) => {
    expect(isGone(view, inputs)).toBe(expected);
  });

  it.each([
    ['the default is where it was', heard, [{ id: 'default', groupId: 'a' }], false],
    ['the default is elsewhere', heard, [{ id: 'default', groupId: 'b' }], true],
    ['no default is named', heard, [OTHER], false],
    ['the chosen one is back', { ...heard, chosenId: 'other' }, [OTHER], true],
    ['the chosen one is still away', { ...heard, chosenId: 'x' }, [OTHER], false],
    [
      'the chosen one is heard',
      { ...heard, chosenId: 'one' },
      [{ id: 'one', groupId: 'z' }],
      false,
    ],
    ['none is heard', { ...heard, device: null }, [{ id: 'default', groupId: 'b' }], false],
  ])('says whether another is wanted: %s', (_, view, inputs, expected) => {
    expect(isElsewhere(view, inputs)).toBe(expected);
  });
});
