/**
 * What a web page downloads of what it imports, for a bundler leaves out the rest: minified, gzip. The first two are what every
 * session is made of, whatever its services; how a connection is kept comes with the provider that a page names, and is the same for
 * all of them. So the next are whole pages. These figures are lowered, or raised for a promise.
 */
const modifyEsbuildConfig = (config) => ({
  ...config,
  // Peer dependencies are left out of the count by default.
  external: config.external.filter((name) => name !== 'xstate'),
});
const page = { path: 'dist/slim/src/browser.js', gzip: true };
const whole = { ...page, modifyEsbuildConfig };

const withProvider = (path, name) => ({
  [page.path]: '{ createSession }',
  [`dist/slim/src/providers/${path}.js`]: `{ ${name} }`,
});
const withGateway = withProvider('gateway/gateway', 'gateway');
const withListen = withProvider('deepgram-listen/deepgram-listen', 'deepgramListen');

const checks = [
  {
    ...page,
    name: 'createSession of tenuto/browser, without xstate',
    import: '{ createSession }',
    limit: '20 kB',
  },
  {
    ...whole,
    name: 'createSession of tenuto/browser, with xstate',
    import: '{ createSession }',
    limit: '35 kB',
  },
  {
    ...page,
    name: 'createSession and gateway, without xstate',
    import: withGateway,
    limit: '44 kB',
  },
  {
    ...whole,
    name: 'createSession and gateway, with xstate',
    import: withGateway,
    limit: '57.2 kB',
  },
  {
    ...page,
    name: 'createSession and deepgramListen, without xstate',
    import: withListen,
    limit: '32.7 kB',
  },
  {
    ...whole,
    name: 'createSession with all of its parts',
    import: '{ createSession, connection, conversation, failover, keeping, rates, rehearsal }',
    limit: '60 kB',
  },
  { ...whole, name: 'ResumableWebSocket', import: '{ ResumableWebSocket }', limit: '46.4 kB' },
  { ...whole, name: 'all of tenuto/browser', limit: '112 kB' },
];

export default checks;
