/** What befalls the store, whoever makes text of audio, and who says who somebody is. */
import type { Nemesis } from './nemesis.types.ts';

const nothing = (): void => undefined;

const STORE: Readonly<Record<string, Nemesis>> = {
  storeOutage: {
    says: 'the store answers nobody, as in an election',
    on: 'all',
    lastsMs: [500, 30_000],
    begin: ({ store }) => {
      store.outage(null, true);
      return () => store.outage(null, false);
    },
  },
  storePartition: {
    says: 'a gateway does not reach the store',
    on: 'gateway',
    lastsMs: [500, 60_000],
    begin: ({ store, houses }, { on }) => {
      const house = houses[on];
      if (house === undefined) return null;
      store.outage(house, true);
      return () => store.outage(house, false);
    },
  },
  storeSlow: {
    says: 'the store takes long',
    on: 'all',
    lastsMs: [2_000, 40_000],
    much: [50, 3_000],
    begin: ({ store }, { much }) => {
      store.slow(much);
      return () => store.slow(-much);
    },
  },
  storeAmbiguous: {
    says: 'the store commits, and now and then nobody is told',
    on: 'all',
    lastsMs: [2_000, 30_000],
    begin: ({ store }) => {
      store.ambiguous(0.1);
      return () => store.ambiguous(-0.1);
    },
  },
  storeLossy: {
    says: 'now and then the store does not get what it is asked for, and nobody can say so',
    on: 'all',
    lastsMs: [2_000, 30_000],
    begin: ({ store }) => {
      store.lossy(0.1);
      return () => store.lossy(-0.1);
    },
  },
  storeStale: {
    says: 'the store reads from a replica that is behind',
    on: 'all',
    lastsMs: [2_000, 40_000],
    begin: ({ store }) => {
      store.stale(true);
      return () => store.stale(false);
    },
  },
  storeFull: {
    says: 'the store takes nothing more',
    on: 'all',
    lastsMs: [500, 20_000],
    begin: ({ store }) => {
      store.full(true);
      return () => store.full(false);
    },
  },
  storeDamaged: {
    says: 'in whatever the store reads of the log of one session a byte is wrong',
    on: 'all',
    lastsMs: [2_000, 60_000],
    begin: ({ store, random }) => store.damage(random),
  },
  storeTailLost: {
    says: 'the store loses the newest records of each log, which it had said to have',
    on: 'all',
    much: [1, 12],
    begin: ({ store }, { much }) => (store.loseTail(Math.round(much)) ? nothing : null),
  },
};

const OTHERS: Readonly<Record<string, Nemesis>> = {
  speechStalled: {
    says: 'nothing is finalised any more',
    on: 'all',
    lastsMs: [5_000, 120_000],
    begin: ({ manners }) => {
      manners.stall(1);
      return () => manners.stall(-1);
    },
  },
  speechThrows: {
    says: 'an application throws on what it is handed',
    on: 'all',
    lastsMs: [200, 2_000],
    begin: ({ manners }) => {
      manners.throwing += 1;
      return () => {
        manners.throwing -= 1;
      };
    },
  },
  verifierAway: {
    says: 'nobody can say who a bearer was issued to',
    on: 'all',
    lastsMs: [1_000, 30_000],
    begin: ({ verifier }) => verifier.goesAway(),
  },
  bearersExpire: {
    says: 'the bearers of a client are good for seconds only',
    on: 'client',
    lastsMs: [10_000, 90_000],
    much: [8_000, 60_000],
    begin: ({ verifier }, { on, much }) => verifier.goodFor(on, much),
  },
  formerToken: {
    says: 'somebody shows a resume token that was replaced',
    on: 'client',
    begin: (world, { on }) => (world.intrude({ client: on, token: 'former' }) ? nothing : null),
  },
  secondTab: {
    says: 'one tab or two are opened with what a client has stored of its session, and insist on it',
    on: 'client',
    lastsMs: [5_000, 60_000],
    much: [1, 2],
    begin: (world, { on, much }) => world.duplicate(on, Math.max(1, Math.round(much))),
  },
};

export const SERVICES: Readonly<Record<string, Nemesis>> = { ...STORE, ...OTHERS };
