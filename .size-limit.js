/**
 * What a web page downloads, xstate included: of what it imports, for a bundler leaves out the rest. These figures are lowered,
 * or raised for a promise. Of a session's, 16 kB are failover (orchestrator, breakers) and the network, 7 kB the conversation
 * (journal, orders, speech, answers asked for again), 1.5 kB the charts that decide who has the word and whether an answer is
 * asked for again, the pace of links to who keeps a session, and services that may lose audio they had; 2 kB are dials beside
 * one another after silence, the planned move, and bearers brought in mid-session; 0.6 kB the chart of those, and what the connection
 * chart decides of greetings that go unanswered and of stores that stand still; 0.5 kB what a gateway sets aside,
 * the address that one has without a path, and keys that a page may not have; 0.4 kB what a ring let go of and a gateway may have, credit
 * behind gaps, and links that tell late what they had kept to themselves. ResumableWebSocket is the connection chart with all
 * of tenuto.v1; its last 0.4 kB say why a connection ended, and what can be done about it, and 0.2 kB spare its chart looks that
 * change nothing.
 */
const modifyEsbuildConfig = (config) => ({
  ...config,
  // Peer dependencies are left out of the count by default.
  external: config.external.filter((name) => name !== 'xstate'),
});
const page = { path: 'dist/src/browser.js', gzip: true, modifyEsbuildConfig };

const checks = [
  {
    ...page,
    name: 'createSession of tenuto/browser',
    import: '{ createSession }',
    limit: '60.2 kB',
  },
  { ...page, name: 'ResumableWebSocket', import: '{ ResumableWebSocket }', limit: '47.2 kB' },
  { ...page, name: 'all of tenuto/browser', limit: '83.8 kB' },
];

export default checks;
