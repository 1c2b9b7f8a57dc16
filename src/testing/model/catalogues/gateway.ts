/** What a gateway can be told, by the names of its chart: three clients at the most, and one more on its way in. */
import type { gatewayMachine } from '../../../../machines/gateway.machine.ts';
import { STOP_MS } from '../../../../machines/gateway.rules.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof gatewayMachine;

const DRAIN_MS = 30_000;
const MAX_UNASKED = 3;

export const gatewayModel: PathOptions<Machine> = {
  input: { askRatioPerS: 0.05 },
  events: {
    'gateway.drain': [
      drain('nobody is there', 0),
      drain('one client', 1),
      drain('three clients', MAX_UNASKED),
      drain('three clients, no time', MAX_UNASKED, { deadlineMs: 1_000 }),
      drain('three clients, nowhere to go', MAX_UNASKED, { isHandover: true }),
    ],
    'client.welcomed': [
      {
        label: '',
        event: ({ context }) =>
          context.unasked < MAX_UNASKED ? { type: 'client.welcomed' } : null,
      },
    ],
  },
  distinguish: ({ unasked, perSecond }) => [unasked, perSecond],
};

function drain(
  label: string,
  clients: number,
  { deadlineMs = DRAIN_MS, isHandover = false } = {},
): EventVariant<Machine> {
  return {
    label,
    event: ({ nowMs }) => ({
      type: 'gateway.drain',
      atMs: nowMs,
      deadlineMs,
      stopMs: STOP_MS,
      isHandover,
      sockets: clients,
      clients,
    }),
  };
}
