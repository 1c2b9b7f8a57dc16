/** What can happen to a credential that ends, by the names of its chart. */
import type { renewalMachine } from '../../../../machines/renewal.machine.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof renewalMachine;

export const renewalModel: PathOptions<Machine> = {
  input: { endsInMs: 300_000 },
  events: {
    'credential.accepted': [
      { label: 'for 10 min', event: () => ({ type: 'credential.accepted', endsInMs: 600_000 }) },
      { label: 'for 20 s', event: () => ({ type: 'credential.accepted', endsInMs: 20_000 }) },
    ],
    'xstate.done.actor.ask': [
      {
        label: 'one has come',
        event: () => ({ type: 'xstate.done.actor.ask', output: { hasCome: true } }),
      },
      {
        label: 'there is none',
        event: () => ({ type: 'xstate.done.actor.ask', output: { hasCome: false } }),
      },
    ],
  },
  distinguish: ({ dueInMs }) => [dueInMs],
};
