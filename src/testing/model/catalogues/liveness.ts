/** What liveness can be told, by the names of its chart: looks at a link that speaks, is quiet, or that we saw late. */
import type { LinkMeasured, livenessMachine } from '../../../../machines/index.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof livenessMachine;

export const livenessModel: PathOptions<Machine> = {
  input: { canProbe: true },
  events: {
    'link.measured': [
      look('it speaks', 50, { isAudioFlowing: true }),
      look('it speaks, idle', 50, { isAudioFlowing: false }),
      look('nothing new', 50, { isAudioFlowing: true, isSilent: true }),
      look('quiet', 200, { isAudioFlowing: true, isSilent: true }),
      look('silent', 1_500, { isAudioFlowing: true, isSilent: true }),
      look('quiet, idle', 5_000, { isAudioFlowing: false, isSilent: true }),
      look('silent for long', 15_000, { isAudioFlowing: true, isSilent: true }),
      look('seen late', 5_000, { isAudioFlowing: true, isSilent: true, lateByMs: 4_900 }),
    ],
    'link.challenged': [
      { label: '', event: ({ nowMs }) => ({ type: 'link.challenged', atMs: nowMs }) },
    ],
  },
  distinguish: ({ isChallenged, rtt }) => [isChallenged, rtt !== null],
};

interface Look extends Pick<LinkMeasured, 'isAudioFlowing'> {
  /** No byte came since the last sign of life. */
  readonly isSilent?: boolean;
  readonly lateByMs?: number;
}

function look(
  label: string,
  passMs: number,
  { isAudioFlowing, isSilent = false, lateByMs = 0 }: Look,
): EventVariant<Machine> {
  return {
    label,
    passMs,
    event: ({ context, nowMs }) => ({
      type: 'link.measured',
      atMs: nowMs,
      lastInboundAtMs: isSilent ? context.aliveAtMs : nowMs,
      rttMs: isSilent ? null : 40,
      isAudioFlowing,
      lateByMs,
      bufferedChunks: 9,
      unit: 0.5,
    }),
  };
}
