/** What can happen to a microphone, by the names of its chart. */
import type { captureMachine } from '../../../../machines/capture.machine.ts';
import type { ListedInput, TakenDevice } from '../../../../machines/capture.types.ts';
import type { EventVariant, ModelMoment } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof captureMachine;
type Variant = EventVariant<Machine>;

const HERE: ListedInput = { id: 'default', groupId: 'desk' };
const THERE: ListedInput = { id: 'default', groupId: 'headset' };

export const captureModel: PathOptions<Machine> = {
  input: { chosenId: null, lossTimeoutMs: 5_000 },
  events: {
    'device.lost': [fact('', 'device.lost', ({ context }) => context.device !== null)],
    'devices.listed': [
      listed('the one that is heard', [HERE]),
      listed('the default one has moved', [THERE]),
      listed('the one that is heard is not among them', [{ id: 'other', groupId: 'desk' }]),
    ],
    'track.muted': [fact('', 'track.muted')],
    'track.unmuted': [fact('', 'track.unmuted')],
    'audio.resumed': [fact('', 'audio.resumed')],
    'audio.suspended': [fact('', 'audio.suspended')],
    'chunks.missed': [fact('', 'chunks.missed')],
    'chunks.returned': [fact('', 'chunks.returned')],
    'hearing.failed': [fact('', 'hearing.failed')],
    ...Object.fromEntries(
      ['open', 'move', 'ask'].map((id) => [`xstate.done.actor.${id}`, ends(id)]),
    ),
  },
  ignore: ['device.taken', 'source.failed'],
  distinguish: ({ device, lostAtMs, mutedAtMs, isRunning }, nowMs) => [
    device,
    device === null ? Math.floor(Math.min(nowMs - lostAtMs, 5_000) / 1_000) : 0,
    mutedAtMs !== null,
    isRunning,
  ],
};

function fact(
  label: string,
  type: 'device.lost' | 'track.muted' | 'hearing.failed' | (string & {}),
  isPossible: (moment: ModelMoment<Machine>) => boolean = () => true,
): Variant {
  return {
    label,
    event: (moment) =>
      isPossible(moment) ? ({ type, atMs: moment.nowMs } as ReturnType<Variant['event']>) : null,
  };
}

function listed(label: string, inputs: readonly ListedInput[]): Variant {
  return { label, event: ({ nowMs }) => ({ type: 'devices.listed', inputs, atMs: nowMs }) };
}

/** What can come of asking for a device. */
function ends(id: string): readonly Variant[] {
  const end = (label: string, device: TakenDevice | null, isRetryable = true): Variant => ({
    label,
    event: ({ nowMs }) => ({
      type: `xstate.done.actor.${id}`,
      output: { device, isRetryable, atMs: nowMs },
    }),
  });
  return [
    end('one was taken', { ...HERE, isMuted: false }),
    end('one was taken that is muted', { ...HERE, isMuted: true }),
    end('there is none', null),
    end('none may be used', null, false),
  ];
}
