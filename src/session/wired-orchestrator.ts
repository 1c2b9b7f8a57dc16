/** The orchestrator chart with everything that it needs: the wired connection chart, and the handover. */
import { fromPromise } from 'xstate';

import { Handover } from './handover.ts';
import { wiredMachine, wiringOf } from './wired-machine.ts';
import type { Wiring } from './wiring.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { owned } from '../../machines/orchestrator.owned.ts';
import type { HandoverInput, HandoverResult } from '../../machines/orchestrator.types.ts';

let wiredOrchestra: typeof orchestratorMachine | null = null;

/** Made when the first session needs it: most have one candidate, and their process no use for it. */
export function wiredOrchestrator(): typeof orchestratorMachine {
  wiredOrchestra ??= orchestratorMachine.provide({
    actors: {
      connection: owned(wiredMachine),
      handover: fromPromise<HandoverResult, HandoverInput>(({ input, system }) =>
        handOver(wiringOf(system), input),
      ),
    },
  });
  return wiredOrchestra;
}

/**
 * In a pause, the final of what was said is waited for, so that the next link begins where it ended. It is not asked
 * for: a flush would cut an utterance in two, and a recogniser words its halves otherwise than the whole.
 */
async function handOver(wiring: Wiring, { from }: HandoverInput): Promise<HandoverResult> {
  const { carrier, clock, uplink } = wiring;
  const { owner } = wiring.reporter;
  const isPause = uplink.isCaughtUp && owner?.isPaused === true;
  const handover = new Handover(clock, uplink, owner?.spokenThrough ?? 0);
  carrier.waitFor(handover);
  await handover.begin(carrier.link?.lane === from && isPause);
  return { atMs: clock.nowMs() };
}
