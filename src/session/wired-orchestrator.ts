/** The orchestrator chart with everything that it needs: the wired connection chart, and the handover. */
import { fromPromise } from 'xstate';

import { wiredMachine, wiringOf } from './wired-machine.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { owned } from '../../machines/orchestrator.setup.ts';
import type { HandoverInput, HandoverResult } from '../../machines/orchestrator.types.ts';

let wiredOrchestra: typeof orchestratorMachine | null = null;

/** Made when the first session needs it: most have one candidate, and their process no use for it. */
export function wiredOrchestrator(): typeof orchestratorMachine {
  wiredOrchestra ??= orchestratorMachine.provide({
    actors: {
      connection: owned(wiredMachine),
      handover: fromPromise<HandoverResult, HandoverInput>(({ input, system }) =>
        wiringOf(system).carrier.handOver(input),
      ),
    },
  });
  return wiredOrchestra;
}
