/** What of a link reaches its chart: an event to an actor costs as much as a message. */
import { describe, expect, it } from 'vitest';

import type { ConnectionEvent } from '../../machines/connection.types.ts';
import { LinkFacts } from '../../src/resumable-websocket/link-facts.ts';
import type { LinkOwner } from '../../src/resumable-websocket/link.types.ts';
import { LinkWatch } from '../../src/resumable-websocket/link-watch.ts';
import type { Watched } from '../../src/resumable-websocket/link-watch.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { Looks } from '../../src/session/looks.ts';
import { VirtualClock } from '../../src/testing.ts';
import { LivenessParent } from '../machines/liveness-world.ts';

const INPUT = { id: 1, redialEveryMs: null, isMove: false } as never;

function link() {
  const clock = new VirtualClock(1_000);
  const told: ConnectionEvent[] = [];
  const owner = { options: { clock, random: seededRandom(1) }, outbox: { messages: 1 } };
  const watch = new LivenessParent({ canProbe: true, limits: { isPrompt: true } });
  const tell = (event: ConnectionEvent): void => {
    told.push(event);
    if (event.type === 'link.measured') watch.child.send(event);
  };
  const looks = new Looks(() => watch.child.getSnapshot());
  const facts = new LinkFacts(INPUT, owner as unknown as LinkOwner<unknown>, tell, looks);
  return { clock, told, facts, owner };
}

describe('a link', () => {
  it('tells once that the server spoke, when the chart can make use of it', () => {
    const { told, facts } = link();

    facts.answered(); // its welcome
    const before = told.length;
    facts.isConfigured = true;
    facts.answered();
    facts.answered();

    expect(before).toBe(0);
    expect(told.map(({ type }) => type)).toEqual(['server.answered']);
  });

  it('that speaks is looked at, and its chart told only of looks that could change anything', () => {
    const { clock, told, facts, owner } = link();
    const watched = Object.assign(facts, { wire: null, pump: () => undefined });
    const watch = new LinkWatch(watched as unknown as Watched, owner.options as never);
    facts.isConfigured = true;
    watch.start(true);

    for (let asked = 0; asked < 5; asked += 1) {
      clock.advance(20);
      facts.measured(20);
      watch.heard();
      clock.advance(130);
    }
    const untilKnown = told.length;
    for (let ms = 0; ms < 1_000; ms += 50) {
      clock.advance(50);
      watch.heard();
    }
    const whileItSpeaks = told.length - untilKnown;
    clock.advance(1_000);
    watch.stop();

    expect(told.every(({ type }) => type === 'link.measured')).toBe(true);
    expect(untilKnown).toBeGreaterThan(0);
    expect(whileItSpeaks).toBe(0);
    expect(told.length).toBeGreaterThan(untilKnown); // it is silent
  });
});
