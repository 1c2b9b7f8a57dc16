/** What befalls clients: their network, their machine, their user. */
import { FINALISERS } from './finals.ts';
import { whole } from './draws.ts';
import type { Nemesis } from './nemesis.types.ts';

const HOUR_MS = 3_600_000;

export const CLIENT_NEMESES: Readonly<Record<string, Nemesis>> = {
  offline: {
    says: 'there is no network at all: what stands breaks (much 1) or stands still (0), and nothing is reached',
    hits: 'all',
    draw: (random) => ({ forMs: whole(random, 2_000, 80_000), much: whole(random, 0, 1) }),
    begin: ({ places, clients }, { forMs = 0, much = 0 }) => {
      for (const { network } of places) {
        network.memory.refuse(forMs);
        if (much === 1) network.memory.reset();
        else network.memory.stall(forMs);
      }
      for (const client of clients) client.signals?.offline();
      return true;
    },
    end: ({ clients }) => {
      for (const client of clients) client.signals?.online();
    },
  },
  frozen: {
    says: 'a client stands still, as a tab in the background does: it captures nothing, its timers run late',
    hits: 'client',
    draw: (random) => ({ forMs: whole(random, 1_000, 70_000) }),
    begin: ({ clients }, { on = 0 }) => {
      clients[on]?.clock.freeze();
      return clients[on] !== undefined;
    },
    end: ({ clients }, { on = 0 }) => clients[on]?.clock.thaw(),
  },
  wallJumps: {
    says: 'the wall clock of a client leaps, there or back',
    hits: 'client',
    draw: (random) => ({ much: whole(random, -HOUR_MS, HOUR_MS) }),
    begin: (target, { on = 0, much = 0 }) => {
      target.setWallError(on, much);
      return true;
    },
  },
  networkChanges: {
    says: 'a client is on another network than before',
    hits: 'client',
    draw: () => ({}),
    begin: ({ clients }, { on = 0 }) => {
      clients[on]?.signals?.changed();
      return (clients[on]?.signals ?? null) !== null;
    },
  },
  repeatedFinals: {
    says: 'what a service tells of audio for good comes twice',
    hits: 'client',
    services: FINALISERS,
    draw: (random) => ({ forMs: whole(random, 5_000, 60_000) }),
    begin: ({ places, clients }, { on = 0 }) => {
      const clock = clients[on]?.clock;
      if (clock !== undefined) clock.repeatingFinals += 1;
      return clock !== undefined && places.some(({ service }) => FINALISERS.includes(service));
    },
    end: ({ clients }, { on = 0 }) => {
      const clock = clients[on]?.clock;
      if (clock !== undefined) clock.repeatingFinals -= 1;
    },
  },
  presses: {
    says: 'the user of a client asks for a connection, whatever the state of it',
    hits: 'client',
    draw: () => ({}),
    begin: ({ clients }, { on = 0 }) => {
      clients[on]?.connect();
      return clients[on] !== undefined;
    },
  },
};
