/** Every chart of tenuto with what it is to be tried with. */
import type { AnyStateMachine } from 'xstate';

import { breakerMachine } from '../../../../machines/breaker.machine.ts';
import { captureMachine } from '../../../../machines/capture.machine.ts';
import {
  connectionMachine,
  gatewayMachine,
  leaseMachine,
  livenessMachine,
  orchestratorMachine,
} from '../../../../machines/index.ts';
import { networkMachine } from '../../../../machines/network.machine.ts';
import { renewalMachine } from '../../../../machines/renewal.machine.ts';
import { replyMachine } from '../../../../machines/reply.machine.ts';
import { requestMachine } from '../../../../machines/request.machine.ts';
import { turnMachine } from '../../../../machines/turn.machine.ts';
import type { PathOptions } from '../paths.ts';
import { breakerModel } from './breaker.ts';
import { captureModel } from './capture.ts';
import { connectionModel } from './connection.ts';
import { gatewayModel } from './gateway.ts';
import { leaseModel } from './lease.ts';
import { livenessModel } from './liveness.ts';
import { networkModel } from './network.ts';
import { orchestratorModel } from './orchestrator.ts';
import { renewalModel } from './renewal.ts';
import { replyModel } from './reply.ts';
import { requestModel } from './request.ts';
import { turnModel } from './turn.ts';

export interface ModelledChart {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly options: PathOptions;
}

export const modelledCharts: readonly ModelledChart[] = [
  chart(connectionMachine, connectionModel),
  chart(orchestratorMachine, orchestratorModel),
  chart(livenessMachine, livenessModel),
  chart(breakerMachine, breakerModel),
  chart(renewalMachine, renewalModel),
  chart(networkMachine, networkModel),
  chart(requestMachine, requestModel),
  chart(replyMachine, replyModel),
  chart(turnMachine, turnModel),
  chart(captureMachine, captureModel),
  chart(leaseMachine, leaseModel),
  chart(gatewayMachine, gatewayModel),
];

function chart<TMachine extends AnyStateMachine>(
  machine: TMachine,
  options: PathOptions<TMachine>,
): ModelledChart {
  return { name: machine.root.id, machine, options: options as PathOptions };
}
