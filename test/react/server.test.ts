/** On a server nothing is made and nothing is listened to: the page begins as the browser's does. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';

import { useSession } from '../../src/react.ts';
import type { SessionSource } from '../../src/react.ts';
import { SessionWorld } from '../session/session-world.ts';

function Status({ source }: { readonly source: SessionSource }) {
  const { status, bufferedSeconds, reconnect, session } = useSession(source);
  return [status, bufferedSeconds, reconnect, session === null].map(String).join(' ');
}

describe('a component on a server', () => {
  it('makes no session', () => {
    const make = vi.fn();

    const html = renderToString(createElement(Status, { source: make }));

    expect(html).toBe('idle 0 null true');
    expect(make).not.toHaveBeenCalled();
  });

  it('shows the session that it is given, and leaves no timer behind', async () => {
    const world = new SessionWorld();
    await world.connect();
    const before = world.clock.pending;

    const html = renderToString(createElement(Status, { source: world.session }));

    expect(html).toBe('active 0 null false');
    expect(world.clock.pending).toBe(before);
    const closing = world.session.close();
    await world.clock.advanceAsync(10_000);
    await closing;
  });
});
