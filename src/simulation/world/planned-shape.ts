/** The world of gateways as a seed plans it: clients whose audio and messages say whose they are. */
import { AudioClient } from './audio-client.ts';
import type { CapturedAudio } from './captured.ts';
import { MessageClient } from './message-client.ts';
import { SpeechModel } from './speech-app.ts';
import type { WorldShape } from './world-shape.ts';
import { Asides } from '../checks/asides.ts';
import type { Report } from '../checks/report.ts';
import { StampedContents } from '../checks/stamped-contents.ts';
import type { Plan } from '../plan.ts';
import type { App } from '../../gateway/app.ts';
import { createEchoApp } from '../../gateway/apps/echo.ts';

export function plannedShape(plan: Plan, report: Report): WorldShape {
  const captured = new Map<number, readonly CapturedAudio[]>();
  const asides = new Asides();
  const { houses, graceMs, storeMs } = plan;
  return {
    houses,
    graceMs,
    storeMs,
    contents: new StampedContents(report, captured, asides),
    apps: (parts) =>
      new Map<string, App>([
        ['speech', new SpeechModel(parts)],
        ['messages', createEchoApp()],
      ]),
    clients: plan.clients.map((each, index) => (parts) => {
      if (each.kind === 'messages') return new MessageClient(parts, each);
      const client = new AudioClient(parts, each, asides);
      captured.set(index, client.captured);
      return client;
    }),
  };
}
