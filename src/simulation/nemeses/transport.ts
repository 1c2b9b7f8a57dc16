/** What networks do. TCP is late or dies; it neither loses, nor doubles, nor reorders: what does is a proxy, or worse. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';
import type { Direction } from '../../testing/memory-roads.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';

const nothing = (): void => undefined;

function socketsOf({ clients }: Struck, { on }: Blow): readonly MemorySocket[] {
  const client = clients[on];
  return client === undefined || client.isOver ? [] : client.access.network.live;
}

function resets(world: Struck, blow: Blow): (() => void) | null {
  const sockets = socketsOf(world, blow);
  for (const socket of sockets) socket.end(1006, '', { errorCode: 'ECONNRESET' });
  return sockets.length === 0 ? null : nothing;
}

function halfOpens(direction: Direction) {
  return (world: Struck, blow: Blow): (() => void) | null => {
    const sockets = socketsOf(world, blow);
    const ends = sockets.map((socket) => socket.halfOpen(direction));
    if (ends.length === 0) return null;
    return () => {
      for (const end of ends) end();
    };
  };
}

/** While a client is offline nothing of its network opens. */
function offline(isCut: boolean) {
  return (world: Struck, blow: Blow): (() => void) | null => {
    const client = world.clients[blow.on];
    if (client === undefined || client.isOver) return null;
    const { network } = client.access;
    if (isCut) network.reset();
    const end = isCut ? network.refuse() : network.stall();
    const isTold = world.random.chance(0.5);
    if (isTold) client.process.run(() => client.signals.say('offline'));
    return () => {
      end();
      if (isTold) client.process.run(() => client.signals.say('online'));
    };
  };
}

export const TRANSPORT: Readonly<Record<string, Nemesis>> = {
  reset: { says: 'the sockets of a client break', on: 'client', begin: resets },
  halfOpenOut: {
    says: 'nothing of the client arrives, and both ends believe in the socket',
    on: 'client',
    lastsMs: [1_000, 60_000],
    begin: halfOpens('out'),
  },
  halfOpenIn: {
    says: 'nothing of the gateway arrives, and both ends believe in the socket',
    on: 'client',
    lastsMs: [1_000, 60_000],
    begin: halfOpens('in'),
  },
  halfOpen: {
    says: 'nothing arrives either way, and both ends believe in the socket',
    on: 'client',
    lastsMs: [1_000, 60_000],
    begin: halfOpens('both'),
  },
  natRebind: {
    says: 'the sockets of a client are forgotten on their way: for good, and nobody is told',
    on: 'client',
    begin: (world, blow) => {
      const sockets = socketsOf(world, blow);
      for (const socket of sockets) socket.forget();
      return sockets.length === 0 ? null : nothing;
    },
  },
  latency: {
    says: 'everything of a client takes longer, each way',
    on: 'client',
    lastsMs: [1_000, 40_000],
    much: [50, 1_500],
    begin: ({ clients }, { on, much }) => {
      const network = clients[on]?.access.network;
      if (network === undefined) return null;
      network.latencyMs += much;
      return () => {
        network.latencyMs -= much;
      };
    },
  },
  clog: {
    says: 'nothing moves for a while, and then everything comes at once',
    on: 'client',
    lastsMs: [500, 30_000],
    begin: ({ clients }, { on }) => clients[on]?.access.network.stall() ?? null,
  },
  narrow: {
    says: 'the line of a client takes less than it says',
    on: 'client',
    lastsMs: [2_000, 40_000],
    much: [6_000, 40_000],
    begin: ({ clients }, { on, much }) => clients[on]?.access.network.slow(Infinity, much) ?? null,
  },
  offline: {
    says: 'a client has no network, and its sockets survive it',
    on: 'client',
    lastsMs: [3_000, 140_000],
    begin: offline(false),
  },
  offlineCut: {
    says: 'a client has no network, and its sockets die of it',
    on: 'client',
    lastsMs: [3_000, 140_000],
    begin: offline(true),
  },
  flap: {
    says: 'the sockets of a client break six times in a row',
    on: 'client',
    lastsMs: [3_000, 18_000],
    begin: (world, blow) => {
      if (resets(world, blow) === null) return null;
      const timers = [1, 2, 3, 4, 5].map((turn) =>
        world.clock.setTimeout(() => resets(world, blow), (turn * blow.forMs) / 6),
      );
      return () => {
        for (const timer of timers) world.clock.clearTimeout(timer);
      };
    },
  },
  networkChanged: {
    says: 'a client moves to another network: its sockets fall silent, and its platform says so',
    on: 'client',
    begin: (world, blow) => {
      const sockets = socketsOf(world, blow);
      const client = world.clients[blow.on];
      if (client === undefined || sockets.length === 0) return null;
      for (const socket of sockets) socket.forget();
      client.process.run(() => client.signals.say('changed'));
      return nothing;
    },
  },
  balancerShut: {
    says: 'the balancer lets nobody through',
    on: 'all',
    lastsMs: [1_000, 40_000],
    begin: ({ harbour }) => harbour.shut(),
  },
  idleKill: {
    says: 'a proxy ends connections on which nothing was said for a while',
    on: 'all',
    lastsMs: [30_000, 120_000],
    much: [15_000, 60_000],
    begin: ({ clock, harbour, report }, { much }) => {
      let timer: unknown = null;
      const look = (): void => {
        for (const end of harbour.ends) {
          if (clock.nowMs() - end.lastAtMs < much) continue;
          report.sometimes('an idle connection was ended');
          end.socket.end(1006, '', { errorCode: 'ECONNRESET' });
        }
        timer = clock.setTimeout(look, 1_000);
      };
      look();
      return () => {
        clock.clearTimeout(timer);
      };
    },
  },
};
