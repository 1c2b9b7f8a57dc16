/** The configuration file of `tenuto serve`: all that is wrong in it is told at once, with its place. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, onTestFinished } from 'vitest';

import { checkConfig, problemLine, readConfig } from '../../../src/cli/serve/config-file.ts';
import { addressesOf, originsOf } from '../../../src/cli/option-values.ts';
import { gatewayJsonSchema } from '../../../src/cli/serve/config-schema.ts';
import { pemOf } from '../../../src/cli/serve/parts.ts';
import { settingsOf } from '../../../src/cli/serve/settings.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const environment = {
  DEEPGRAM_API_KEY: 'one',
  DEEPGRAM_EU_API_KEY: 'two',
  TENUTO_GATEWAY_SECRET: 'x'.repeat(32),
};

function linesOf(source: string): readonly string[] {
  return checkConfig(source, environment).problems.map((problem) => problemLine('g.yaml', problem));
}

describe('the configuration file', () => {
  it.each([
    ['graceMs: -1', 'g.yaml:1:1: graceMs is -1: give 1,000 to 600,000 milliseconds'],
    ['graceMs:', 'g.yaml:1:1: graceMs is empty: give 1,000 to 600,000 milliseconds'],
    ['graceMs: 1.5', 'g.yaml:1:1: graceMs is 1.5: give 1,000 to 600,000 milliseconds'],
    ['# x\n\nport: "80"', 'g.yaml:3:1: port is "80": give 0 to 65,535'],
    ['graceMS: 5000', 'g.yaml:1:1: there is no graceMS: perhaps graceMs'],
    [
      'limits:\n    helosPerMinute: 3',
      'g.yaml:2:5: there is no limits.helosPerMinute: perhaps hellosPerMinute',
    ],
    ['tls: {certFile: a}', 'g.yaml:1:1: tls.keyFile is missing: give the path of a PEM file'],
    [
      'candidates:\n  - provider: depgram',
      'g.yaml:2:5: candidates[0].provider is depgram: perhaps deepgram; give local, backup, deepgram, flux, openai, gemini ' +
        'or whisper',
    ],
    ['candidates: []', 'g.yaml:1:1: candidates is empty: give at least one provider'],
    [
      'store: file:/x',
      'g.yaml:1:1: store is file:/x: give { kind: memory }, or { kind: file, directory: DIR }',
    ],
    [
      'store: memory',
      'g.yaml:1:1: store is memory: give { kind: memory }, or { kind: file, directory: DIR }',
    ],
    ['[]', 'g.yaml:1:1: the file is a list: give settings by their names'],
    [
      'store:\n  kind: file',
      'g.yaml:1:1: store.directory is missing: give the path of a directory of its own',
    ],
    [
      'origins:\n  - https://a.example\n  - https://a.example/path',
      'g.yaml:3:5: origins[1] is https://a.example/path: give an origin as browsers send it, such as https://app.example',
    ],
    [
      'candidates:\n  - provider: deepgram\n    keyEnv: NOWHERE',
      'g.yaml:3:5: candidates[0].keyEnv names NOWHERE, which is not set: set it before the start',
    ],
    ['port: 1\nport: 2', 'g.yaml:2:1: this setting stands there twice: leave one'],
    ['port:\n\t- 3', 'g.yaml:2:1: tabs are not allowed as indentation: take spaces'],
    ['port: 1\n---\nport: 2', 'g.yaml:2:1: a second document begins here: leave one'],
    ['port: !!js/function x', 'g.yaml:1:7: unresolved tag: tag:yaml.org,2002:js/function'],
    [
      'drain:\n  to:\n    - gw7.example',
      'g.yaml:3:7: drain.to[0] is gw7.example: give an address without a user or a password, such as wss://gw7.eu.example',
    ],
    ['- port: 3', 'g.yaml:1:1: the file is a list: give settings by their names'],
  ])('is refused, with the place and what to give: %j', (source, line) => {
    expect(linesOf(source)).toEqual([line]);
  });

  it('is told of all that is wrong in it, from top to bottom', () => {
    const lines = linesOf('port: -1\nauth:\n  kind: hs256\nspeed: 0\nhosts: x\n');

    expect(lines.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'g.yaml:1:1: port is -1',
      'g.yaml:2:1: auth.secretEnv is missing',
      'g.yaml:4:1: speed is 0',
      'g.yaml:5:1: there is no hosts',
    ]);
  });

  it.each([
    'candidates:\n  - provider: deepgram\n    apiKey: sk-canary',
    'candidates:\n  - provider: deepgram\n    keyEnv: sk-canary',
    'candidates:\n  - provider: deepgram\n    url: wss://me:sk-canary@api.example',
    'auth:\n  kind: hs256\n  secret: sk-canary',
    'auth:\n  kind: hs256\n  secretEnv: sk-canary',
    'auth: sk-canary',
    'token: sk-canary',
  ])('does not have the secret repeated that stands in it: %j', (source) => {
    const lines = linesOf(source);

    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).not.toContain('canary');
  });

  it.each(['', '# nothing', '{}', '{\n\t"port": 1,\n\t"candidates": [{"provider": "local"}]\n}'])(
    'is YAML, or JSON, or empty: %j',
    (source) => {
      expect(linesOf(source)).toEqual([]);
    },
  );

  it('ends, whatever aliases it is made of', () => {
    const level = (name: string, of: string): string => `${name}: &${name} [${`${of},`.repeat(9)}]`;
    const bomb = ['a: &a [x,x]', level('b', '*a'), level('c', '*b'), level('d', '*c')].join('\n');

    expect(linesOf(bomb)).toEqual(['g.yaml holds aliases of aliases: write them out']);
  });

  it('that is not there, or is no text, is told as such', async () => {
    const missing = await readConfig(`${docs}nowhere.yaml`, environment);
    const folder = await readConfig(docs, environment);

    expect(missing.problems.map(({ message }) => message)).toEqual([
      'is not there: give the path of a file',
    ]);
    expect(folder.problems).toMatchObject([{ message: 'is a directory: give the path of a file' }]);
  });

  it('has each file that it names and that cannot be read told at its place, with its path', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tenuto-config-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'g.yaml');
    const read = async (source: string): Promise<readonly string[]> => {
      await writeFile(file, source);
      const { problems } = await readConfig(file, environment);
      return problems.map((problem) => problemLine('g.yaml', problem));
    };

    const both = await read('port: 1\ntls:\n  certFile: cert.pem\n  keyFile: /nowhere/key.pem');
    await writeFile(join(directory, 'empty.pem'), '');
    const empty = await read('tls: {certFile: empty.pem, keyFile: g.yaml}');
    const folder = await read('port: -1\ntls: {certFile: ., keyFile: g.yaml}');

    expect(both).toEqual([
      `g.yaml:3:3: tls.certFile names ${directory}/cert.pem, which is not there: give the path of a file`,
      'g.yaml:4:3: tls.keyFile names /nowhere/key.pem, which is not there: give the path of a file',
    ]);
    expect(empty).toEqual([
      `g.yaml:1:7: tls.certFile names ${directory}/empty.pem, which is empty: give the path of one that is not`,
    ]);
    expect(folder).toEqual([
      'g.yaml:1:1: port is -1: give 0 to 65,535',
      `g.yaml:2:7: tls.certFile names ${directory}, which is a directory: give the path of a file`,
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves in a pipe that it names what a sidecar has put there, for who serves',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'tenuto-config-'));
      onTestFinished(() => rm(directory, { recursive: true }));
      const [file = '', cert = '', key = ''] = ['g.yaml', 'cert', 'key'].map((name) =>
        join(directory, name),
      );
      execFileSync('sh', ['-c', 'mkfifo "$0" "$1"', cert, key]);
      await writeFile(file, `tls: {certFile: ${cert}, keyFile: ${key}}`);
      for (const pipe of [cert, key]) {
        const sidecar = spawn('sh', ['-c', 'printf "what is secret" > "$0"', pipe]);
        onTestFinished(() => void sidecar.kill());
      }

      const { config, problems } = await readConfig(file, environment);
      const pem = await pemOf(settingsOf({ simulated: false }, config ?? {}));

      expect(problems).toEqual([]);
      expect(pem).toEqual({ tls: { cert: 'what is secret', key: 'what is secret' } });
    },
  );

  it('names a PEM file that has gone since it was looked at', async () => {
    const tls = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
    const settings = settingsOf({ simulated: false }, { tls });

    await expect(pemOf(settings)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: 'tls names /nowhere/cert.pem, which is not there: give the path of a file.',
    });
  });

  it('of the documentation has every setting, and is right', async () => {
    const { config, problems } = await readConfig(`${docs}gateway.yaml`, environment);
    const { properties } = gatewayJsonSchema() as { properties: Record<string, unknown> };

    expect(problems).toEqual([]);
    const shown = [...Object.keys(config ?? {}), 'tls']; // which is commented out there
    expect(shown.sort()).toEqual(Object.keys(properties).sort());
  });

  it('has a JSON schema in the documentation that says the same (npm run gateway-schema)', async () => {
    const written: unknown = JSON.parse(await readFile(`${docs}gateway.schema.json`, 'utf8'));

    expect(written).toEqual(JSON.parse(JSON.stringify(gatewayJsonSchema())));
  });
});

describe('what tenuto serve is told', () => {
  it('is the option, then the file, then the default', () => {
    const config = { port: 1_000, host: 'localhost', graceMs: 5_000, candidates: [] };

    const settings = settingsOf(
      { port: 2_000, provider: 'whisper,local', simulated: true },
      config,
    );

    expect(settings).toMatchObject({ port: 2_000, host: 'localhost', graceMs: 5_000 });
    expect(settings.drainMs).toBe(30_000);
    expect(settings.candidates).toEqual([
      { provider: 'whisper', simulated: true },
      { provider: 'local', simulated: true },
    ]);
  });

  it.each([
    [{}, false, ['local']],
    [{ DEEPGRAM_API_KEY: '', OPENAI_API_KEY: 'k' }, false, ['whisper', 'local']],
    [{ DEEPGRAM_API_KEY: 'k', WHISPER_BASE_URL: 'http://127.0.0.1:1' }, false, ['deepgram', 'whisper', 'local']], // prettier-ignore
    [{ DEEPGRAM_API_KEY: 'k', GEMINI_API_KEY: 'k' }, false, ['deepgram', 'local']],
    [{ DEEPGRAM_API_KEY: 'k' }, true, ['local']],
  ])('with the environment %j (simulated: %s) hears by %j', (environment, simulated, names) => {
    const { candidates } = settingsOf({ simulated, environment });

    expect(candidates.map(({ provider }) => provider)).toEqual(names);
  });

  it('sends clients elsewhere by option, by file, or not at all', () => {
    const config = { drain: { to: ['wss://gw7.eu.example'] } };

    expect(settingsOf({ simulated: false }).drainTo).toEqual([]);
    expect(settingsOf({ simulated: false }, config).drainTo).toEqual(['wss://gw7.eu.example']);
    expect(settingsOf({ simulated: false, drainTo: ['ws://b'] }, config).drainTo).toEqual([
      'ws://b',
    ]);
  });

  it('takes pages by option, by file, or none', () => {
    const config = { origins: ['https://app.example'] };

    expect(settingsOf({ simulated: false }).origins).toEqual([]);
    expect(settingsOf({ simulated: false }, config).origins).toEqual(['https://app.example']);
    expect(settingsOf({ simulated: false, origin: ['http://b'] }, config).origins).toEqual([
      'http://b',
    ]);
    expect(originsOf('https://app.example, http://127.0.0.1:8080')).toHaveLength(2);
    expect(() => originsOf('https://app.example/page')).toThrow(/is no origin/);
  });

  it('takes no more addresses than one GOAWAY has, and none with a password', () => {
    const many = Array.from({ length: 17 }, (_, at) => `wss://gw${at}.example`).join(',');

    expect(addressesOf('wss://a.example, ws://b.example')).toEqual([
      'wss://a.example',
      'ws://b.example',
    ]);
    for (const wrong of [many, '', 'https://a.example', 'wss://me:secret@a.example']) {
      expect(() => addressesOf(wrong)).toThrow('Give 1 to 16 addresses');
    }
  });

  it('of paths in a file is relative to the file, and of an option to where one stands', () => {
    const config = { store: { kind: 'file', directory: 'sessions' } } as const;

    const byFile = settingsOf({ simulated: false }, config, '/etc/tenuto/gateway.yaml');
    const byOption = settingsOf({ simulated: false, store: 'file:sessions' }, config, '/etc/x/y');

    expect(byFile.store).toMatchObject({ directory: '/etc/tenuto/sessions' });
    expect(byOption.store).toMatchObject({ directory: `${process.cwd()}/sessions` });
  });

  it.each([
    [{ store: 'redis' }, /no store "redis"/],
    [{ store: 'file:' }, /no store/],
    [{ auth: 'basic' }, /no such way/],
    [{ auth: 'hs256:sk-canary!' }, /names no environment variable/],
    [{ host: '0.0.0.0' }, /listens on this machine only/],
    [{ provider: 'acme' }, /no provider "acme"/],
  ])('is refused where it cannot be: %j', (options, message) => {
    expect(() => settingsOf({ simulated: false, ...options })).toThrow(message);
  });
});
