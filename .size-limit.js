/**
 * What a web page downloads of what it imports, for a bundler leaves out the rest: minified, gzip. The limits of the first two are
 * what was promised; the others are what was reached, and are lowered, or raised for a promise.
 */
const modifyEsbuildConfig = (config) => ({
  ...config,
  // Peer dependencies are left out of the count by default.
  external: config.external.filter((name) => name !== 'xstate'),
});
const page = { path: 'dist/src/browser.js', gzip: true };
const whole = { ...page, modifyEsbuildConfig };

const checks = [
  {
    ...page,
    name: 'createSession of tenuto/browser, without xstate',
    import: '{ createSession }',
    limit: '31.5 kB',
  },
  {
    ...whole,
    name: 'createSession of tenuto/browser, with xstate',
    import: '{ createSession }',
    limit: '44.5 kB',
  },
  {
    ...whole,
    name: 'createSession with failover and conversation',
    import: '{ createSession, failover, conversation }',
    limit: '61.7 kB',
  },
  { ...whole, name: 'ResumableWebSocket', import: '{ ResumableWebSocket }', limit: '47.2 kB' },
  { ...whole, name: 'all of tenuto/browser', limit: '85.1 kB' },
];

export default checks;
