/** What becomes of single frames on their way to a gateway: a data channel, or a proxy that means well. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';
import type { ServerEnd } from '../world/server-end.ts';
import { FRAME_TYPE } from '../../protocol/wire.ts';
import type { Mangle } from '../checks/wire-checks.ts';

function mangles(make: (world: Struck, blow: Blow) => Mangle) {
  return (world: Struck, blow: Blow): (() => void) | null => {
    const { wire } = world;
    const mangle = make(world, blow);
    const ofClient: Mangle = (bytes, end) => {
      return end.clientIndex === blow.on ? mangle(bytes, end) : null;
    };
    wire.mangles.add(ofClient);
    return () => {
      wire.mangles.delete(ofClient);
    };
  };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const other = new Uint8Array(bytes);
  other[at] = (other[at] ?? 0) ^ 0x10;
  return other;
}

export const FRAMES: Readonly<Record<string, Nemesis>> = {
  doubledFrames: {
    says: 'some frames of a client arrive twice',
    on: 'client',
    lastsMs: [1_000, 20_000],
    begin: mangles(({ random, report }) => (bytes) => {
      if (!random.chance(0.1)) return null;
      report.sometimes('a frame was doubled');
      return [bytes, new Uint8Array(bytes)];
    }),
  },
  lostFrames: {
    says: 'some frames of a client do not arrive, and the socket lives on',
    on: 'client',
    lastsMs: [500, 5_000],
    begin: mangles(({ random, report }) => () => {
      if (!random.chance(0.1)) return null;
      report.sometimes('a frame was lost');
      return [];
    }),
  },
  lostTail: {
    says: 'audio of a client stops arriving, and everything else still does',
    on: 'client',
    lastsMs: [200, 3_000],
    begin: mangles(({ report }) => ([type]) => {
      if (type !== FRAME_TYPE.data) return null;
      report.sometimes('a tail was lost');
      return [];
    }),
  },
  flippedBits: {
    says: 'a bit of some frames is another one',
    on: 'client',
    lastsMs: [500, 5_000],
    begin: mangles(({ random, report }) => (bytes) => {
      const [type = 0] = bytes;
      if (type > FRAME_TYPE.hint || !random.chance(0.05)) return null;
      report.sometimes('a bit was flipped');
      return [flipped(bytes, 1 + random.integer(bytes.length - 2))];
    }),
  },
  truncated: {
    says: 'some frames come without their end',
    on: 'client',
    lastsMs: [500, 5_000],
    begin: mangles(({ random, report }) => (bytes) => {
      if (bytes.length < 8 || !random.chance(0.05)) return null;
      report.sometimes('a frame was cut');
      return [bytes.slice(0, random.integer(bytes.length - 1))];
    }),
  },
  delayedHello: {
    says: 'what a client says first arrives long after it has gone elsewhere',
    on: 'client',
    lastsMs: [5_000, 40_000],
    much: [500, 9_000],
    begin: mangles(({ clock, report }, { much }) => (bytes, end) => {
      if (bytes[0] !== FRAME_TYPE.hello) return null;
      report.sometimes('a HELLO was late');
      clock.setTimeout(() => end.deliver(bytes), much);
      return [];
    }),
  },
  welcomeLost: {
    says: 'a client loses its socket, is let in again, and loses that one before it is told',
    on: 'client',
    lastsMs: [2_000, 60_000],
    begin: ({ wire, report, random, clients }, { on }) => {
      const client = clients[on];
      if (client === undefined || client.isOver) return null;
      client.access.network.reset();
      const lose = (end: ServerEnd, type: number): boolean => {
        if (type !== FRAME_TYPE.welcome || end.clientIndex !== on || random.chance(0.5))
          return false;
        report.sometimes('a WELCOME was lost');
        end.socket.end(1006, '', { errorCode: 'ECONNRESET' });
        return true;
      };
      wire.losing.add(lose);
      return () => {
        wire.losing.delete(lose);
      };
    },
  },
};
