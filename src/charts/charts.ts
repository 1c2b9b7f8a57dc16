/** The charts that are drawn, and the text of every file that drawing makes. */
import type { AnyStateMachine } from 'xstate';

import {
  breakerMachine,
  captureMachine,
  connectionMachine,
  gatewayMachine,
  leaseMachine,
  livenessMachine,
  networkMachine,
  orchestratorMachine,
  renewalMachine,
  replyMachine,
  requestMachine,
  turnMachine,
} from '../../machines/index.ts';
import { loadElk } from './elk-here.ts';
import { layoutOf } from './layout.ts';
import { pageOf } from './mermaid.ts';
import { chartModel } from './model.ts';
import { pictureOf } from './picture.ts';
import { svgOf } from './svg.ts';

export interface Chart {
  /** Names the files: `connection.svg`, `connection.md`. */
  readonly name: string;
  /** The one question that the chart answers. */
  readonly question: string;
  readonly machine: AnyStateMachine;
}

export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

export const charts: readonly Chart[] = [
  {
    name: 'connection',
    question: 'Is this endpoint usable, and what are we doing about it?',
    machine: connectionMachine,
  },
  {
    name: 'orchestrator',
    question: 'Which candidate carries the session?',
    machine: orchestratorMachine,
  },
  { name: 'liveness', question: 'Is the other end alive?', machine: livenessMachine },
  { name: 'breaker', question: 'May we dial this candidate?', machine: breakerMachine },
  { name: 'renewal', question: 'When is a new credential asked for?', machine: renewalMachine },
  {
    name: 'network',
    question: 'Is there a network, and did it change?',
    machine: networkMachine,
  },
  {
    name: 'request',
    question: 'Who answers this request, and when is it asked again?',
    machine: requestMachine,
  },
  {
    name: 'reply',
    question: 'Is an answer that the service refused asked for once more?',
    machine: replyMachine,
  },
  { name: 'turn', question: 'Who has the word?', machine: turnMachine },
  {
    name: 'capture',
    question: 'Is the microphone heard, and what is done about one that is not?',
    machine: captureMachine,
  },
  { name: 'lease', question: 'May this client come back?', machine: leaseMachine },
  { name: 'gateway', question: 'May new work come in?', machine: gatewayMachine },
];

/** The same chart gives the same bytes, on every machine. */
export async function draw(chart: Chart): Promise<readonly GeneratedFile[]> {
  const model = chartModel(chart.machine);
  const picture = pictureOf(model);
  const layout = await layoutOf(picture, await loadElk());
  return [
    { name: `${chart.name}.svg`, text: svgOf(layout, chart.question) },
    { name: `${chart.name}.md`, text: pageOf({ ...chart, model, picture }) },
  ];
}

/** The table that stands in `machines/README.md`. */
export function tableOf(drawn: readonly Chart[]): string {
  const pictures = '../visualizations/charts';
  const rows = drawn.map(({ name, question }) =>
    [
      `| [\`${name}\`](./${name}.machine.ts)`,
      question,
      `<a href="${pictures}/${name}.svg"><img src="${pictures}/${name}.svg" width="200" alt="The ${name} chart"></a>`,
      `[states and transitions](${pictures}/${name}.md) |`,
    ].join(' | '),
  );
  const header = '| chart | question | picture | in words |\n| --- | --- | --- | --- |';
  return `${[header, ...rows].join('\n')}\n`;
}
