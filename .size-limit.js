/**
 * What a web page downloads: the browser entry with everything it pulls in, xstate included. This figure is lowered, or raised
 * for a promise: 16 kB of it are failover (orchestrator, breakers) and the network, 7 kB the conversation (journal, orders,
 * speech, answers asked for again), half a kB services that keep audio (they may lose it again, and are asked for all that
 * comes of it), 17 kB ResumableWebSocket with all of tenuto.v1 (which a bundler leaves out of a page that does not use it).
 */
const checks = [
  {
    name: 'tenuto/browser, with xstate, gzip',
    path: 'dist/src/browser.js',
    limit: '72 kB',
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      // Peer dependencies are left out of the count by default.
      external: config.external.filter((name) => name !== 'xstate'),
    }),
  },
];

export default checks;
