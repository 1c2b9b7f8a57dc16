// What is restored, replayed and lost when a connection breaks, measured on the local stand-ins in simulated time. Writes the
// tables into docs/providers.md, and their short form into README.md; with --check it only compares.
import { buildIfStale } from './build.mjs';
import { writeTables } from './written-tables.mjs';

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

writeTables(
  [
    ['docs/providers.md', rows],
    ['README.md', { providers: shortRows(rows) }],
  ],
  'providers-table',
);
