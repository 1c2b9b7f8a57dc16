/** What the network chart can be told, by its names: the words of two sources, bytes, and a machine that slept. */
import type { networkMachine } from '../../../../machines/network.machine.ts';
import type { NetworkSignalled } from '../../../../machines/network.types.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof networkMachine;

export const networkModel: PathOptions<Machine> = {
  events: {
    'network.signalled': [
      word('navigator', 'offline'),
      word('interfaces', 'offline'),
      word('navigator', 'online'),
      word('interfaces', 'online'),
      word('navigator', 'changed'),
    ],
    'traffic.seen': [
      { label: 'a straggler', event: ({ nowMs }) => ({ type: 'traffic.seen', atMs: nowMs }) },
      {
        label: 'a proof',
        passMs: 600,
        event: ({ nowMs }) => ({ type: 'traffic.seen', atMs: nowMs }),
      },
    ],
    'machine.woke': [{ label: '', event: ({ nowMs }) => ({ type: 'machine.woke', atMs: nowMs }) }],
  },
  distinguish: ({ offlineSources, resetAtMs }, nowMs) => [
    [...offlineSources].sort(),
    resetAtMs !== null && nowMs - resetAtMs < 5_000,
  ],
};

function word(source: string, says: NetworkSignalled['says']): EventVariant<Machine> {
  return {
    label: `${source} says ${says}`,
    event: ({ nowMs }) => ({ type: 'network.signalled', source, says, atMs: nowMs }),
  };
}
