/** The examples of docs/network.md, docs/react-native.md and docs/react.md compile where a user is strict, and do what they say. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import type { Observable } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';

import type { NetworkMonitor } from '../../src/network/monitor.ts';
import { ManualNetwork } from '../../src/network/manual-signals.ts';
import type { NetworkSignals } from '../../src/ports/network.ts';
import type { Session } from '../../src/session/session.ts';
import { SessionWorld } from '../session/session-world.ts';
import { transcriptFrame } from '../support/fake-provider.ts';
import { Examples } from './examples.ts';

const URL = 'wss://voice.example/v1/session';
const documents = {
  network: new Examples('docs/network.md'),
  phone: new Examples('docs/react-native.md'),
  react: new Examples('docs/react.md'),
};
afterAll(() => {
  for (const document of Object.values(documents)) document.remove();
});

describe.each(Object.entries(documents))('the examples of %s', (_name, document) => {
  it('compile', () => {
    expect(document.files.length).toBeGreaterThan(0);
    expect(document.complaints()).toEqual([]);
  });
});

describe('the network', () => {
  it.each(['browser-session.ts', 'node-session.ts'])('is listened to by %s', async (file) => {
    const example = (await documents.network.load(file)) as {
      openSession(url: string, token: () => Promise<string>): Session;
    };

    const session = example.openSession(URL, () => Promise.resolve('t'));

    expect(session.status).toBe('idle');
    await session.close();
  });

  it('is taken away by a button at once, and given back', async () => {
    const example = (await documents.network.load('by-hand.ts')) as {
      withButton(platform: NetworkSignals): {
        network: NetworkMonitor;
        offline(): void;
        online(): void;
      };
    };
    const { network, offline, online } = example.withButton(new ManualNetwork());
    const told: string[] = [];
    const stop = network.subscribe(({ type }) => told.push(type));

    offline();
    online();

    expect(told).toEqual(['network.lost', 'network.restored']);
    stop();
  });
});

describe('a phone', () => {
  it('opens a call, and leaves NetInfo and AppState alone after it', async () => {
    const example = (await documents.phone.load('call.ts')) as {
      openCall(url: string, netInfo: object, appState: object): Session;
    };
    let listeners = 0;
    const on = () => {
      listeners += 1;
      return () => (listeners -= 1);
    };
    const session = example.openCall(
      URL,
      { addEventListener: on },
      { addEventListener: () => ({ remove: on() }) },
    );
    const during = listeners;

    await session.close();

    expect([during, listeners]).toEqual([2, 0]);
  });
});

describe('a screen', () => {
  it('shows a session', async () => {
    const { Panel } = (await documents.react.load('panel.ts')) as {
      Panel(props: { readonly source: Session }): ReturnType<typeof createElement>;
    };
    const world = new SessionWorld();

    const html = renderToString(createElement(Panel, { source: world.session }));

    expect(html).toContain('idle');
    await world.session.close();
  });

  it('has captions', async () => {
    const { captions } = (await documents.react.load('captions.ts')) as {
      captions(session: Session): Observable<string>;
    };
    const world = await new SessionWorld().connect();
    const lines: string[] = [];
    captions(world.session).subscribe({
      next: (line) => lines.push(line),
      complete: () => lines.push('|'),
    });
    await world.speak(300);

    world.transport.last.say(transcriptFrame({ fromSample: 0, toSample: 3_200, text: 'hello' }));
    const closing = world.session.close({ drainTimeoutMs: 0 });
    await world.clock.advanceAsync(10_000);
    await closing;

    expect(lines).toEqual(['0 s  hello', '|']);
  });
});
