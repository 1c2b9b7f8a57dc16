// What is restored, replayed and lost when a connection breaks, measured on the local stand-ins in simulated time. Writes the
// tables into docs/providers.md, and their short form into README.md; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.mjs';

buildIfStale();
const { agentRows } = await import('./providers-table/agent.mjs');
const { conversationRows } = await import('./providers-table/conversations.mjs');
const { listeningRows } = await import('./providers-table/listening.mjs');
const { shortRows } = await import('./providers-table/short.mjs');
const { speakingRows } = await import('./providers-table/speaking.mjs');

const rows = {
  conversations: await conversationRows(),
  listening: await listeningRows(),
  speaking: await speakingRows(),
  agent: await agentRows(),
};

const DOCUMENTS = [
  ['docs/providers.md', rows],
  ['README.md', { providers: shortRows(rows) }],
];

for (const [name, tables] of DOCUMENTS) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const before = readFileSync(path, 'utf8');
  const after = Object.entries(tables).reduce(
    (text, [table, measured]) => withTable(text, name, table, tableOf(measured)),
    before,
  );
  if (after === before) process.stdout.write(`${name} is what was measured\n`);
  else if (process.argv.includes('--check')) tellDifference(name, before, after);
  else {
    writeFileSync(path, after);
    process.stdout.write(`${name} written\n`);
  }
}

function tableOf(measured) {
  const head = Object.keys(measured[0]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const body = measured.map((row) => line(head.map((name) => String(row[name]))));
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body].join('\n');
}

function withTable(text, name, table, written) {
  const [begin, end] = [`<!-- ${table}: begin -->`, `<!-- ${table}: end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${name} lacks the markers of "${table}".`);
  return `${text.slice(0, from + begin.length)}\n\n${written}\n\n${text.slice(to)}`;
}

function tellDifference(name, before, after) {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  for (const line of old) if (!fresh.includes(line)) process.stderr.write(`- ${line}\n`);
  for (const line of fresh) if (!old.includes(line)) process.stderr.write(`+ ${line}\n`);
  process.stderr.write(`${name} differs from what was measured: npm run providers-table\n`);
  process.exitCode = 1;
}
