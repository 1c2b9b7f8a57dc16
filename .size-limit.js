/** What a web page downloads: the browser entry with everything it pulls in, xstate included. This figure is lowered, or raised for a promise: 16 kB of it are failover (orchestrator, breakers) and the network, 7 kB the conversation (journal, orders, speech, answers asked for again), 1.5 kB the charts that decide who has the word, and whether an answer is asked for again. */
const checks = [
  {
    name: 'tenuto/browser, with xstate, gzip',
    path: 'dist/src/browser.js',
    limit: '55 kB',
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      // Peer dependencies are left out of the count by default.
      external: config.external.filter((name) => name !== 'xstate'),
    }),
  },
];

export default checks;
