/** What befalls machines and processes, those of gateways and those of clients. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';
import type { Client } from '../world/client.ts';
import type { House } from '../world/house.ts';

const HOUR_MS = 3_600_000;
/** How many faults have paused each. */
const paused = new WeakMap<Client, number>();
const nothing = (): void => undefined;

function crashes(how: 'reset' | 'late' | 'silence') {
  return (world: Struck, { on, forMs }: Blow): (() => void) | null => {
    const house = world.houses[on];
    return house !== undefined && world.crash(house, how, forMs) ? nothing : null;
  };
}

function crashesAt(when: 'before' | 'after', how: 'reset' | 'late') {
  return (world: Struck, { on, forMs }: Blow): (() => void) | null => {
    const house = world.houses[on];
    if (house === undefined || !house.isUp) return null;
    return world.store.atNextAppend(house, when, () => {
      world.report.sometimes(`crash ${when} a commit`);
      world.crash(house, how, forMs);
    });
  };
}

function freezes({ houses }: Struck, { on }: Blow): (() => void) | null {
  const house = houses[on];
  if (house === undefined || !house.isUp) return null;
  const { process } = house;
  process.freeze();
  return () => process.thaw();
}

function withClient(deed: (client: Client, world: Struck, blow: Blow) => (() => void) | null) {
  return (world: Struck, blow: Blow): (() => void) | null => {
    const client = world.clients[blow.on];
    return client === undefined || client.isOver ? null : deed(client, world, blow);
  };
}

async function drained(house: House): Promise<void> {
  await house.gateway.drain({ deadlineMs: 10_000 });
  await house.gateway.close();
}

const GATEWAYS: Readonly<Record<string, Nemesis>> = {
  crash: {
    says: 'a gateway dies and is started again',
    on: 'gateway',
    lastsMs: [0, 20_000],
    begin: crashes('reset'),
  },
  crashLate: {
    says: 'a gateway dies, and what it had written still arrives',
    on: 'gateway',
    lastsMs: [0, 20_000],
    begin: crashes('late'),
  },
  powerLoss: {
    says: 'the machine of a gateway is gone: its sockets are silent',
    on: 'gateway',
    lastsMs: [1_000, 60_000],
    begin: crashes('silence'),
  },
  crashAfterCommit: {
    says: 'a gateway dies when a record is committed, and has told nobody',
    on: 'gateway',
    lastsMs: [0, 10_000],
    begin: crashesAt('after', 'reset'),
  },
  crashBeforeCommit: {
    says: 'a gateway dies before a record is committed, and what it had written still arrives',
    on: 'gateway',
    lastsMs: [0, 10_000],
    begin: crashesAt('before', 'late'),
  },
  littleMemory: {
    says: 'a gateway dies and is started again with next to no memory, for the rest of the run',
    on: 'gateway',
    lastsMs: [0, 10_000],
    much: [2_000, 100_000],
    begin: (world, { on, forMs, much }) => {
      const house = world.houses[on];
      if (house === undefined || !world.crash(house, 'reset', forMs)) return null;
      house.memoryBytes = Math.round(much);
      return nothing;
    },
  },
  crashAll: {
    says: 'all gateways die',
    on: 'all',
    lastsMs: [500, 20_000],
    begin: (world, { forMs }) => {
      for (const house of world.houses) {
        world.crash(house, 'reset', forMs * (0.5 + world.random.unit() / 2));
      }
      return nothing;
    },
  },
  freeze: {
    says: 'a gateway stands still, and goes on as if nothing had been',
    on: 'gateway',
    lastsMs: [500, 100_000],
    begin: freezes,
  },
  drain: {
    says: 'a gateway sends its clients elsewhere, ends, and is started again',
    on: 'gateway',
    lastsMs: [1_000, 10_000],
    begin: (world, { on, forMs }) => {
      const house = world.houses[on];
      if (house === undefined || !house.isReady) return null;
      const { process } = house;
      process.run(() => {
        void drained(house).then(() => {
          if (!process.isDead) world.crash(house, 'late', forMs);
        });
      });
      return nothing;
    },
  },
  wallClockJump: {
    says: 'the wall clock of a gateway is an hour wrong',
    on: 'gateway',
    lastsMs: [5_000, 60_000],
    begin: ({ houses, random }, { on }) => {
      const house = houses[on];
      if (house === undefined) return null;
      const jumpMs = random.chance(0.5) ? HOUR_MS : -HOUR_MS;
      house.wallOffsetMs += jumpMs;
      return () => {
        house.wallOffsetMs -= jumpMs;
      };
    },
  },
};

const CLIENTS: Readonly<Record<string, Nemesis>> = {
  clientFreeze: {
    says: 'a client stands still for a moment',
    on: 'client',
    lastsMs: [500, 15_000],
    begin: withClient(({ process }) => {
      process.freeze();
      return () => process.thaw();
    }),
  },
  background: {
    says: 'a client is put into the background: its timers ring once a minute',
    on: 'client',
    lastsMs: [10_000, 120_000],
    begin: withClient(({ process }) => process.throttle(60_000)),
  },
  sleep: {
    says: 'the machine of a client sleeps: nothing of it runs, and its sockets are silent',
    on: 'client',
    lastsMs: [10_000, 140_000],
    begin: withClient((client) => {
      client.process.freeze();
      const end = client.access.network.stall();
      return () => {
        end();
        client.process.thaw();
        client.process.run(() => client.signals.say('woke'));
      };
    }),
  },
  clientKill: {
    says: 'a client is killed, and does not come back',
    on: 'client',
    begin: withClient((client) => {
      client.kill();
      return nothing;
    }),
  },
  clockSkew: {
    says: 'the clock of a client goes wrong by a hundredth',
    on: 'client',
    lastsMs: [10_000, 120_000],
    begin: withClient(({ process }, { random }) => process.skew(random.chance(0.5) ? 1.01 : 0.99)),
  },
  clientWallJump: {
    says: 'the wall clock of a client is set by an hour',
    on: 'client',
    begin: withClient((client, { random }) => {
      client.wallOffsetMs += random.chance(0.5) ? HOUR_MS : -HOUR_MS;
      return nothing;
    }),
  },
  pause: {
    says: 'an application pauses its microphone',
    on: 'client',
    lastsMs: [1_000, 120_000],
    begin: withClient((client) => {
      const pauses = paused.get(client) ?? 0;
      if (pauses === 0 && !client.pause(true)) return null;
      paused.set(client, pauses + 1);
      return () => {
        const left = (paused.get(client) ?? 1) - 1;
        paused.set(client, left);
        if (left === 0) client.pause(false);
      };
    }),
  },
};

export const PROCESSES: Readonly<Record<string, Nemesis>> = { ...GATEWAYS, ...CLIENTS };
