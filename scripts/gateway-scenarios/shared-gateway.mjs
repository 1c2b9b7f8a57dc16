// A gateway whose store is in the process that started it, as a server's would be: two of them can have one session's log.
import process from 'node:process';

const { startApps } = await import('../../dist/src/cli/serve/parts.js');
const { settingsOf } = await import('../../dist/src/cli/serve/settings.js');
const { Watch } = await import('../../dist/src/cli/serve/watch.js');
const { startGateway } = await import('../../dist/src/gateway/server.js');
const { silentLogger } = await import('../../dist/src/ports/logger.js');
const { createToneRecogniser } =
  await import('../../dist/src/simulators/recogniser/tone-recogniser.js');

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const asked = new Map();
let questions = 0;

process.on('message', ({ question, answer }) => {
  asked.get(question)?.(answer);
  asked.delete(question);
});

function ask(method, ...args) {
  questions += 1;
  const question = questions;
  process.send({ question, method, args });
  return new Promise((resolve) => {
    asked.set(question, resolve);
  });
}

const recordOf = (sent) => sent && { ...sent, bytes: Buffer.from(sent.bytes, 'base64') };

const store = {
  durability: 'replicated',
  tail: async (sessionId) => recordOf(await ask('tail', sessionId)),
  append: (sessionId, record, options) =>
    ask('append', sessionId, Buffer.from(record).toString('base64'), options),
  async *read(sessionId, after) {
    for (const sent of await ask('read', sessionId, after)) yield recordOf(sent);
  },
  purge: (sessionId, through) => ask('purge', sessionId, through),
  drop: (sessionId) => ask('drop', sessionId),
  close: () => Promise.resolve(),
};

const settings = settingsOf({ simulated: false, speed: Number(process.argv[2]) });
const parts = await startApps(settings, {
  environment: {},
  logger: silentLogger,
  createRecogniser: createToneRecogniser,
});
const server = await startGateway({
  store,
  apps: new Map([['speech', new Watch(tell).over(parts.apps.get('speech'))]]),
});
tell({ type: 'gateway', port: server.port });

process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => parts.close())
    .then(() => process.exit(0));
});
