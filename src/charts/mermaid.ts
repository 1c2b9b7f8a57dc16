/** A chart as a page of Markdown: the picture, the same as Mermaid text, and every state and transition in words. */
import { labelOf } from './model.ts';
import type { ChartModel, ChartState, ChartTransition } from './model.ts';
import { distinct, phraseOf, plain } from './phrases.ts';
import type { Phrase } from './phrases.ts';
import { keyOf } from './picture.ts';
import type { Picture, PictureNode } from './picture.ts';

export interface PageInput {
  readonly name: string;
  readonly question: string;
  readonly model: ChartModel;
  readonly picture: Picture;
}

export function pageOf({ name, question, model, picture }: PageInput): string {
  const rootId = model.states[0]?.id ?? '';
  const states = model.states.filter((state) => state.id !== rootId);
  return [
    `# ${name}`,
    '',
    `${question} Generated from the machine by \`npx tenuto charts\`; never edited.`,
    '',
    `![The ${name} chart](./${name}.svg)`,
    '',
    '```mermaid',
    mermaidOf(picture),
    '```',
    '',
    '## States',
    '',
    '| state | what it means | runs |',
    '| --- | --- | --- |',
    ...states.map((state) => stateRow(state, rootId)),
    '',
    '## Transitions',
    '',
    'Where an event has several, the first whose guard holds is taken. No target: the state stays.',
    '',
    '| from | on | to | actions | note |',
    '| --- | --- | --- | --- | --- |',
    ...model.transitions.map((transition) => transitionRow(transition, rootId)),
    '',
  ].join('\n');
}

function mermaidOf(picture: Picture): string {
  const ids = new Map(picture.nodes.map((node, index) => [node.id, mermaidId(node, index)]));
  const lines = ['stateDiagram-v2', ...nodeLines(null, picture, ids, '  ')];
  for (const { sourceId, targetId, phrases } of picture.edges) {
    const source = ids.get(sourceId) ?? '';
    if (source !== INITIAL) lines.push(arrow(source, ids.get(targetId) ?? '', phrases));
  }
  for (const { id, isCompound, again } of picture.nodes) {
    // Mermaid cannot draw an arrow from a composite state to itself: the table below has it.
    const own = ids.get(id) ?? '';
    if (!isCompound && again.length > 0) lines.push(arrow(own, own, again.map(phraseOf)));
  }
  return lines.join('\n');
}

function arrow(source: string, target: string, phrases: readonly Phrase[]): string {
  const label = phrases.length === 0 ? '' : ` : ${phrases.map(plain).join('<br/>')}`;
  return `  ${source} --> ${target}${label}`;
}

const INITIAL = '[*]';

function nodeLines(
  parentId: string | null,
  picture: Picture,
  ids: ReadonlyMap<string, string>,
  indent: string,
): string[] {
  const lines: string[] = [];
  for (const node of picture.nodes) {
    if (node.parentId !== parentId) continue;
    const id = ids.get(node.id) ?? '';
    if (node.kind === 'initial') {
      const edge = picture.edges.find(({ sourceId }) => sourceId === node.id);
      lines.push(`${indent}${INITIAL} --> ${ids.get(edge?.targetId ?? '') ?? ''}`);
    } else if (node.kind === 'decision') {
      lines.push(`${indent}state ${id} <<choice>>`);
    } else {
      lines.push(`${indent}state "${titleOf(node)}" as ${id}`);
      if (!node.isCompound) {
        lines.push(...toldLines(node).map((line) => `${indent}${id} : ${spelled(line)}`));
      } else {
        lines.push(`${indent}state ${id} {`);
        lines.push(...nodeLines(node.id, picture, ids, `${indent}  `));
        lines.push(`${indent}}`);
      }
      if (node.isFinal) lines.push(`${indent}${id} --> ${INITIAL}`);
    }
  }
  return lines;
}

/** Mermaid has no room inside a composite state but for its states. */
function titleOf({ title, isCompound, invokes }: PictureNode): string {
  return isCompound && invokes.length > 0 ? `${title}, runs ${invokes.join(', ')}` : title;
}

/** What stands inside a state. */
function toldLines({ description, invokes, spawns, failures, staying }: PictureNode): string[] {
  return [
    ...(description === '' ? [] : [description]),
    ...(invokes.length === 0 ? [] : [`runs ${invokes.join(', ')}`]),
    ...(spawns.length === 0 ? [] : [`starts ${spawns.join(', ')}`]),
    ...failures.map(({ event, targetIds }) => `${event} → ${keyOf(targetIds[0] ?? '')}`),
    ...distinct(staying.map(phraseOf)).map((phrase) => `stays on ${plain(phrase)}`),
  ];
}

/** Mermaid takes these characters for its own, in the words of a state, and knows no way to escape them there. */
const STAND_INS: Readonly<Record<string, string>> = {
  ':': ' –',
  ';': ',',
  '<': '‹',
  '>': '›',
  '"': "'",
};

function spelled(text: string): string {
  return text.replaceAll(/[:;<>"]/g, (character) => STAND_INS[character] ?? character);
}

function mermaidId(node: PictureNode, index: number): string {
  switch (node.kind) {
    case 'initial':
      return INITIAL;
    case 'decision':
      return `decision${index}`;
    case 'anywhere':
      return `anywhere${index}`;
    case 'state':
      return node.id.replaceAll(/\W+/g, '_');
  }
}

function stateRow(state: ChartState, rootId: string): string {
  const kind = state.kind === 'atomic' || state.kind === 'compound' ? '' : ` (${state.kind})`;
  const name = `${code(pathOf(state.id, rootId))}${kind}`;
  const runs = state.invokes.map(code).join(', ');
  const starts = state.spawns.length === 0 ? '' : `starts ${state.spawns.map(code).join(', ')}`;
  return row([name, state.description, [runs, starts].filter((part) => part !== '').join('; ')]);
}

function transitionRow(transition: ChartTransition, rootId: string): string {
  const source =
    transition.sourceId === rootId ? 'any state' : pathCode(transition.sourceId, rootId);
  return row([
    source,
    code(labelOf(transition)),
    transition.targetIds.map((id) => pathCode(id, rootId)).join(', '),
    transition.actions.map(code).join(', '),
    [transition.description, startsSentence(transition)].filter((part) => part !== '').join(' '),
  ]);
}

function startsSentence({ spawns }: ChartTransition): string {
  return spawns.length === 0 ? '' : `Starts ${spawns.map(code).join(', ')}.`;
}

function pathCode(id: string, rootId: string): string {
  return code(pathOf(id, rootId));
}

function pathOf(id: string, rootId: string): string {
  return id.startsWith(`${rootId}.`) ? id.slice(rootId.length + 1) : id;
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
