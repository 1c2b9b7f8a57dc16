/**
 * What a web page downloads of what it imports, for a bundler leaves out the rest: minified, gzip. The first two are what every
 * session runs, whatever its service: 20 and 35 kB are wanted, and not reached. The next are whole pages. These figures are lowered,
 * or raised for a promise.
 */
const modifyEsbuildConfig = (config) => ({
  ...config,
  // Peer dependencies are left out of the count by default.
  external: config.external.filter((name) => name !== 'xstate'),
});
const page = { path: 'dist/slim/src/browser.js', gzip: true };
const whole = { ...page, modifyEsbuildConfig };

const everySession = '{ createSession }';
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
    import: everySession,
    limit: '27.8 kB',
  },
  {
    ...whole,
    name: 'createSession of tenuto/browser, with xstate',
    import: everySession,
    limit: '40.8 kB',
  },
  {
    ...page,
    name: 'createSession and gateway, without xstate',
    import: withGateway,
    limit: '44.6 kB',
  },
  {
    ...whole,
    name: 'createSession and gateway, with xstate',
    import: withGateway,
    limit: '57.7 kB',
  },
  {
    ...page,
    name: 'createSession and deepgramListen, without xstate',
    import: withListen,
    limit: '32.5 kB',
  },
  {
    ...whole,
    name: 'createSession with all of its parts',
    import: '{ createSession, conversation, failover, keeping, rates, rehearsal }',
    limit: '61.7 kB',
  },
  { ...whole, name: 'ResumableWebSocket', import: '{ ResumableWebSocket }', limit: '47.1 kB' },
  { ...whole, name: 'VoiceClient', import: '{ VoiceClient }', limit: '87.3 kB' },
  { ...whole, name: 'all of tenuto/browser', limit: '118.7 kB' },
];

export default checks;
