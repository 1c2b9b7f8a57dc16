/** What the demonstration says of its connection while things are broken. */
import { describe, expect, it } from 'vitest';

import type { SessionEvent } from '../../src/browser.ts';
import { LinkWords } from '../../visualizations/demo/link.ts';

const CONNECTED: SessionEvent = {
  type: 'stateChange',
  previous: 'connecting',
  current: 'connected',
  reason: 'socket.configured',
};
const AWAY: SessionEvent = {
  type: 'gateway.serving',
  provider: null,
  mode: 'recordOnly',
  missing: ['hearing'],
};
const THERE: SessionEvent = {
  type: 'gateway.serving',
  provider: 'deepgram',
  mode: null,
  missing: [],
};

/** What is shown after all of them. */
function shownAfter(...events: readonly SessionEvent[]) {
  const words = new LinkWords();
  return events.map((event) => words.after(event)).at(-1);
}

describe('what the page says of a recogniser', () => {
  it('is that the gateway keeps the audio while it is away', () => {
    expect(shownAfter(CONNECTED, THERE, AWAY)).toEqual({
      mood: 'busy',
      label: 'Connected',
      detail: 'the recogniser is away, the gateway keeps the audio',
    });
  });

  it('stays so through whatever becomes of the connection meanwhile', () => {
    const active: SessionEvent = { ...CONNECTED, current: 'active' };

    expect(shownAfter(CONNECTED, AWAY, active)?.detail).toMatch(/recogniser is away/);
    expect(
      shownAfter(CONNECTED, AWAY, { ...CONNECTED, current: 'reconnecting' }, active),
    ).toMatchObject({ mood: 'busy', detail: expect.stringMatching(/recogniser is away/) });
  });

  it('is that it is back, once it is', () => {
    expect(shownAfter(CONNECTED, THERE, AWAY, THERE)).toMatchObject({
      mood: 'good',
      detail: 'the recogniser is back, and hears what was kept',
    });
  });

  it('is nothing where it never was away', () => {
    expect(shownAfter(CONNECTED, THERE)).toMatchObject({
      mood: 'good',
      detail: 'the gateway takes the audio',
    });
  });
});
