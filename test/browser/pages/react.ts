/** A component of React in a real page, over a session on a virtual clock. */
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { hydrateRoot } from 'react-dom/client';

import { useSession } from '../../../src/react.ts';
import type { SessionSource } from '../../../src/react.ts';
import { transcriptFrame } from '../../support/fake-provider.ts';
import { SessionWorld } from '../../session/session-world.ts';

let renderings = 0;

function Panel({ source }: { readonly source: SessionSource }) {
  const shown = useSession(source, { clock: world.clock });
  const { status, transcript, bufferedSeconds, reconnect } = shown;
  renderings += 1;
  return createElement(
    'main',
    null,
    createElement('p', { id: 'status' }, status),
    createElement('p', { id: 'text' }, transcript.text),
    createElement('p', { id: 'buffered' }, String(bufferedSeconds)),
    createElement('p', { id: 'attempt' }, String(reconnect?.attempt ?? 0)),
    createElement('button', { id: 'connect', onClick: () => void shown.connect() }, 'connect'),
    createElement('button', { id: 'close', onClick: () => void shown.close() }, 'close'),
  );
}

let world = new SessionWorld();
let made: SessionWorld[] = [];
let unmount: () => void = () => undefined;

const page = {
  /** @param isOwn the component makes its session itself. */
  mount({ isOwn, isHydrated = false }: { isOwn: boolean; isHydrated?: boolean }): void {
    world = new SessionWorld();
    made = [];
    renderings = 0;
    const make = () => {
      made.push(new SessionWorld());
      return made.at(-1)!.session;
    };
    const element = createElement(
      StrictMode,
      null,
      createElement(Panel, { source: isOwn ? make : world.session }),
    );
    const host = document.createElement('div');
    document.body.replaceChildren(host);
    if (isHydrated) {
      host.innerHTML =
        '<main><p id="status">idle</p><p id="text"></p><p id="buffered">0</p><p id="attempt">0</p><button id="connect">connect</button><button id="close">close</button></main>';
      const root = hydrateRoot(host, element);
      unmount = () => root.unmount();
      return;
    }
    const root = createRoot(host);
    root.render(element);
    unmount = () => root.unmount();
  },
  unmount: () => unmount(),
  get world() {
    return made.at(-1) ?? world;
  },
  get made() {
    return made.length;
  },
  get renderings() {
    return renderings;
  },
  get statuses() {
    return made.map(({ session }) => session.status);
  },
  get timers() {
    return page.world.clock.pending;
  },
  pass: (ms: number) => Promise.all([world, ...made].map(({ clock }) => clock.advanceAsync(ms))),
  speak: (ms: number) => page.world.speak(ms),
  tell(toMs: number, text: string): void {
    const toSample = toMs * 16;
    page.world.transport.last.say(
      transcriptFrame({ fromSample: toSample - 1_600, toSample, text }),
    );
  },
  cut(): void {
    page.world.transport.last.end(1006, 'cut');
  },
};

export type ReactPage = typeof page;
Object.assign(globalThis, { page });
