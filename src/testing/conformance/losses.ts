/** The ways to lose a socket: each that a service's script has, and those that a network and a buggy adapter have. */
import { hintIn } from './hints.ts';
import { hasLink, idOf, isDialing, STANDING_BY, when } from './moments.ts';
import type { Moment, Variant } from './moments.ts';
import { waysOf } from './provider-server.ts';
import type { AnyScript, Ending, Refusal, Ways } from './provider-server.ts';
import { canRefuseDials, isByRequest } from './script-kinds.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';

/** How a loss is caused. It stands in the code of the failure that a path carries. */
export type LossCause = 'refusal' | 'ending' | 'reset' | 'throws' | 'hedge';

export function lossesOf(script: AnyScript): readonly Variant[] {
  const { refusals, endings } = script;
  const canEnd = (moment: Moment): boolean => hasLink(moment) && !isIdleStandby(moment, script);
  return [
    ...(canRefuseDials(script)
      ? [...lossesBy('refusal', refusals, isDialing), loss(isDialing, 'reset', 'transient')]
      : []),
    loss(isDialing, 'throws', 'config'),
    ...lossesBy('ending', endings, canEnd),
    loss(canEnd, 'reset', 'transient'),
    loss(({ context }) => context.hedgeId !== null, 'hedge', 'transient'),
  ];
}

/** Between requests there is nothing that could be lost. */
function isIdleStandby({ state }: Moment, script: AnyScript): boolean {
  return state === STANDING_BY && isByRequest(script);
}

function lossesBy(
  cause: LossCause,
  ways: Ways<Refusal | Ending>,
  can: (moment: Moment) => boolean,
): readonly Variant[] {
  return (Object.keys(ways) as FailureKind[]).flatMap((kind) =>
    waysOf(ways, kind).map((how, way) => {
      // Too much to do is told by the code, and a path has none: it is tried where it leads to the same.
      const canSay = isOverload(how)
        ? (moment: Moment) => can(moment) && moment.context.policy.pressForMs === 0
        : can;
      return loss(canSay, cause, kind, way, kind === 'rateLimited' ? hintIn(how) : undefined);
    }),
  );
}

/** As the chart knows it: RFC 9110, 15.6.4; the IANA registry of WebSocket close codes. */
function isOverload(how: Refusal | Ending): boolean {
  return 'status' in how ? how.status === 503 : 'code' in how && how.code === 1_013;
}

function loss(
  can: (moment: Moment) => boolean,
  cause: LossCause,
  kind: FailureKind,
  way = 0,
  retryAfterMs?: number,
): Variant {
  const hint = retryAfterMs === undefined ? {} : { retryAfterMs };
  const failure: Failure = { kind, code: cause, detail: String(way), ...hint };
  const label = `${kind} by ${cause}${way === 0 ? '' : ` ${way + 1}`}`;
  return when(
    (moment) => can(moment) && isNews(moment, cause, kind),
    ({ context, nowMs }) => ({
      type: 'socket.lost',
      id: cause === 'hedge' ? idOf(context.hedgeId) : context.socketId,
      failure,
      atMs: nowMs,
      bufferedChunks: 0,
      unit: 0.5,
    }),
    cause === 'refusal' || cause === 'ending' ? label : cause,
  );
}

/**
 * Each way to fail is tried on the first link and on the dials that follow its loss; after that only what counts
 * repetitions is new.
 */
function isNews({ context, state }: Moment, cause: LossCause, kind: FailureKind): boolean {
  const { attempts } = context;
  if (attempts === 0 || cause === 'reset') return true;
  if (attempts > 1) return kind === 'auth' && cause === 'refusal';
  return state.endsWith('.dialing') || kind === 'planned' || kind === 'staleHandle';
}

/** The number of the script's way that a path's failure stands for. */
export function wayOf({ detail }: Failure): number {
  return Number(detail);
}
