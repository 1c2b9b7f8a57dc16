/** What no seed draws: each shows one promise that hardly anything else would put to the test. */
import type { Blow, Nemesis, Struck } from './nemesis.types.ts';
import { FRAME_TYPE } from '../../protocol/wire.ts';
import type { Loses, Mangle } from '../checks/wire-checks.ts';

/** Frames of one type do not arrive, and all else does. */
function loses(lost: number, what: string) {
  return ({ wire, report }: Struck, { on }: Blow): (() => void) => {
    const lose: Loses = ({ clientIndex }, type) => {
      if (clientIndex !== on || type !== lost) return false;
      report.sometimes(what);
      return true;
    };
    wire.losing.add(lose);
    return () => {
      wire.losing.delete(lose);
    };
  };
}

export const AIMED: Readonly<Record<string, Nemesis>> = {
  lostAcks: {
    says: 'no ACK of a gateway arrives, and all else of it does',
    on: 'client',
    lastsMs: [20_000, 170_000],
    begin: loses(FRAME_TYPE.ack, 'an ACK was lost'),
  },
  lostResults: {
    says: 'nothing that an application says arrives, and all else of its gateway does',
    on: 'client',
    lastsMs: [5_000, 60_000],
    begin: loses(FRAME_TYPE.data, 'a result was lost'),
  },
  leavesAfterFin: {
    says: 'a client says that nothing follows, and has no network before it is answered',
    on: 'client',
    lastsMs: [20_000, 170_000],
    begin: ({ wire, report, clients }, { on, forMs }) => {
      const network = clients[on]?.access.network;
      if (network === undefined) return null;
      const leave: Mangle = (bytes, end) => {
        if (end.clientIndex !== on || bytes[0] !== FRAME_TYPE.fin) return null;
        report.sometimes('a client left after its FIN');
        end.deliver(bytes);
        network.reset();
        network.refuse(forMs);
        return [];
      };
      wire.mangles.add(leave);
      return () => {
        wire.mangles.delete(leave);
      };
    },
  },
};
