/** What befalls a client that comes back, and what keeps what it stores. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';

const HOWS = ['reset', 'late', 'silence'] as const;

/** @param much so many times within its time, the last of which ends with it. */
function restarts(isWithSpool: boolean) {
  return (world: Struck, { on, forMs, much }: Blow): (() => void) | null => {
    const { clients, clock, random } = world;
    const client = clients[on];
    const strike = (): (() => void) | null =>
      client?.dies?.(random.pick(HOWS), isWithSpool) ?? null;
    let revive = strike();
    if (revive === null) return null;
    const turns = Math.max(1, Math.round(much)) * 2 - 1;
    const moments = Array.from({ length: turns - 1 }, () => random.unit() * forMs);
    const timers = moments
      .sort((one, other) => one - other)
      .map((atMs, at) => {
        const next = (): void => {
          if (at % 2 === 0) revive?.();
          else revive = strike();
        };
        return clock.setTimeout(next, atMs);
      });
    return () => {
      for (const timer of timers) clock.clearTimeout(timer);
      revive?.();
    };
  };
}

export const LIVES: Readonly<Record<string, Nemesis>> = {
  clientRestart: {
    says: 'a client is killed and started again, so many times, and has what its spool has',
    on: 'client',
    lastsMs: [200, 140_000],
    much: [1, 4],
    begin: restarts(true),
  },
  clientRestartBare: {
    says: 'a client is killed and started again, so many times, and has nothing of what it had',
    on: 'client',
    lastsMs: [200, 60_000],
    much: [1, 2],
    begin: restarts(false),
  },
  spoolFails: {
    says: 'the storage of a client is full, or broken',
    on: 'client',
    lastsMs: [500, 60_000],
    begin: ({ clients, random }, { on }) => {
      const fault = random.pick(['full', 'broken'] as const);
      const client = clients[on];
      return client?.isOver === false ? (client.pocket?.fails(fault) ?? null) : null;
    },
  },
};

/** Who is hit by one of these has a spool. */
export const OF_SPOOLS: ReadonlySet<string> = new Set(['clientRestart', 'spoolFails']);
