/** What becomes of single frames on their way to a client, and of paths that swallow. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';
import type { ServerEnd } from '../world/server-end.ts';
import { FRAME_TYPE } from '../../protocol/wire.ts';
import type { Loses, Mangle } from '../checks/wire-checks.ts';

function befalls(make: (world: Struck) => Loses) {
  return (world: Struck, blow: Blow): (() => void) => {
    const { wire } = world;
    const lose = make(world);
    const ofClient: Loses = (end, type, bytes) =>
      end.clientIndex === blow.on && type !== FRAME_TYPE.welcome && lose(end, type, bytes);
    wire.losing.add(ofClient);
    return () => {
      wire.losing.delete(ofClient);
    };
  };
}

const READS_EVERY_MS = 100;

/** @param much bytes in a second. */
function slowReader({ clock, harbour }: Struck, { on, much }: Blow): (() => void) | null {
  let timer: unknown = null;
  const ends = (): readonly ServerEnd[] =>
    [...harbour.ends].filter((end) => end.clientIndex === on);
  if (!ends().some(({ socket }) => socket.isLive)) return null; // its client may have let go of what is left
  const read = (): void => {
    for (const { backlog } of ends()) {
      backlog.isSlow = true;
      backlog.read((much * READS_EVERY_MS) / 1_000);
    }
    timer = clock.setTimeout(read, READS_EVERY_MS);
  };
  read();
  return () => {
    clock.clearTimeout(timer);
    for (const { backlog } of ends()) {
      backlog.isSlow = false;
      backlog.read(Infinity);
    }
  };
}

export const ANSWERS: Readonly<Record<string, Nemesis>> = {
  doubledAnswers: {
    says: 'some frames of a gateway arrive twice',
    on: 'client',
    lastsMs: [1_000, 20_000],
    begin: befalls(({ random, report }) => ({ socket }, _, bytes) => {
      if (!random.chance(0.1)) return false;
      report.sometimes('an answer was doubled');
      socket.answer(new Uint8Array(bytes));
      return false;
    }),
  },
  lostAnswers: {
    says: 'some frames of a gateway do not arrive, and the socket lives on',
    on: 'client',
    lastsMs: [500, 20_000],
    begin: befalls(({ random, report }) => () => {
      if (!random.chance(0.1)) return false;
      report.sometimes('an answer was lost');
      return true;
    }),
  },
  greetingSwallowed: {
    says: 'a path opens, and falls silent for good as soon as something is said on it',
    on: 'client',
    lastsMs: [1_000, 20_000],
    begin: ({ wire, report, random }, { on }) => {
      const swallow: Mangle = ([type], { clientIndex, socket }) => {
        if (type !== FRAME_TYPE.hello || clientIndex !== on || random.chance(0.5)) return null;
        report.sometimes('a HELLO was swallowed');
        socket.forget();
        return [];
      };
      wire.mangles.add(swallow);
      return () => {
        wire.mangles.delete(swallow);
      };
    },
  },
  slowReader: {
    says: 'a client reads less than it is told: it waits at the gateway',
    on: 'client',
    lastsMs: [5_000, 60_000],
    much: [500, 60_000],
    begin: slowReader,
  },
  farewellLost: {
    says: 'all is said and done, and the socket dies before the client hears that it is',
    on: 'client',
    lastsMs: [20_000, 170_000],
    begin: befalls(({ report }) => ({ socket }, type) => {
      if (type !== FRAME_TYPE.finAck) return false;
      report.sometimes('a farewell was lost');
      socket.end(1006, '', { errorCode: 'ECONNRESET' });
      return true;
    }),
  },
};
