/** What a person gets who makes a mistake: one line that says what to do, and an exit status that a script can read. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WaveFile } from 'wavefile';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sentence = join(root, 'test/fixtures/speech/sentence.wav');
const two = [sentence, '--provider', 'local,backup'];
const agent = [sentence, '--provider', 'voice', '--simulated'];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenuto-cli-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function tenuto(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/tenuto.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', DEEPGRAM_API_KEY: '', GEMINI_API_KEY: '' },
  });
  return { status, stdout, stderr };
}

function wav(name: string, channels: number, rateHz: number, depth: string, samples: unknown) {
  const file = new WaveFile();
  file.fromScratch(channels, rateHz, depth, samples as number[]);
  const path = join(folder, name);
  writeFileSync(path, file.toBuffer());
  return path;
}

describe('tenuto transcribe with input that cannot be used', () => {
  const oneLineError = (code: string) => new RegExp(`^tenuto: .+\\. .+\\. \\[${code}\\]\\n$`);

  it.each([
    ['a missing file', () => ['nowhere.wav'], 'WAV_NOT_FOUND'],
    ['a folder', () => [folder], 'WAV_NOT_FOUND'],
    ['a device without an end', () => ['/dev/zero'], 'WAV_NOT_FOUND'],
    ['a file that is no WAV', () => [join(root, 'package.json')], 'WAV_INVALID'],
    ['an empty recording', () => [wav('empty.wav', 1, 16_000, '16', [])], 'WAV_EMPTY'],
    ['an agent among others', () => [sentence, '--provider', 'voice,local'], 'OPTION_INVALID'],
    ['an agent without keys', () => [sentence, '--provider', 'voice'], 'OPTION_INVALID'],
    ['one key for an agent', () => [...agent, '--api-key', 'k'], 'OPTION_INVALID'],
    ['one address for an agent', () => [...agent, '--url', 'ws://x'], 'OPTION_INVALID'],
    ['a fault for no part', () => [...agent, '--faults', 'sst:reset@1s'], 'FAULT_PLAN_INVALID'],
    ['an unknown provider', () => [sentence, '--provider', 'acme'], 'PROVIDER_UNKNOWN'],
    ['a provider named twice', () => [sentence, '--provider', 'local,local'], 'OPTION_INVALID'],
    ['a provider without a name', () => [sentence, '--provider', 'local,'], 'PROVIDER_UNKNOWN'],
    ['one address for two', () => [...two, '--url', 'ws://127.0.0.1:9'], 'OPTION_INVALID'],
    ['a key that none needs', () => [...two, '--api-key', 'k'], 'OPTION_INVALID'],
    ['a fault for a stranger', () => [...two, '--faults', 'locl:down@1s'], 'FAULT_PLAN_INVALID'],
    ['a bad fault plan', () => [sentence, '--faults', 'meteor@5s'], 'FAULT_PLAN_INVALID'],
    ['a name with controls', () => ['a\nb\u001b[31m.wav'], 'WAV_NOT_FOUND'],
    [
      'a fault before a cloud',
      () => [sentence, '--provider', 'deepgram', '--api-key', 'k', '--faults', 'reset@1s'],
      'OPTION_INVALID',
    ],
    ['no key', () => [sentence, '--provider', 'deepgram'], 'OPTION_INVALID'],
    ['a bad address', () => [sentence, '--url', 'http://x'], 'OPTION_INVALID'],
    ['two services at once', () => [sentence, '--simulated', '--url', 'ws://x'], 'OPTION_INVALID'],
    ['ports beyond the last', () => [...two, '--port', '65535'], 'OPTION_INVALID'],
    ['a port for nobody', () => [sentence, '--url', 'ws://x', '--port', '9'], 'OPTION_INVALID'],
  ])('says in one line what to do about %s, and exits with 2', (_what, args, code) => {
    const { status, stdout, stderr } = tenuto('transcribe', ...args());

    expect(stderr).toMatch(oneLineError(code));
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('says of an address that is none that it is none, before it asks for a key', () => {
    const { stderr } = tenuto('transcribe', sentence, '--url', 'nonsense');

    expect(stderr).toMatch(
      /^tenuto: baseUrl is not the address of a service that is reached by wss:/,
    );
    expect(stderr).not.toContain('key');
  });

  it.each([
    ['--spede', '--speed', ['transcribe', sentence, '--spede', '2']],
    ['--chekc', '--check', ['charts', '--chekc']],
    ['--sed', '--seed', ['demo', '--sed', '2']],
    ['--selct', '--select', ['paths', 'breaker', '--selct', 'all']],
    ['trancribe', 'transcribe', ['trancribe', sentence]],
  ])('names %s, suggests %s, and exits with 2', (wrong, right, args) => {
    const { status, stdout, stderr } = tenuto(...args);

    expect(stderr).toContain(`'${wrong}'`);
    expect(stderr).toContain(`(Did you mean ${right}?)`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('tells a program of a command that was not understood', () => {
    const { status, stdout } = tenuto('transcribe', sentence, '--json', '--spede');

    expect(JSON.parse(stdout)).toEqual({
      type: 'error',
      code: 'OPTION_INVALID',
      message: "unknown option '--spede' (Did you mean --speed?)",
      remediation: 'Add --help for what can be given.',
      retryable: false,
    });
    expect(status).toBe(2);
  });

  it.each([
    ['an unknown option', ['transcribe', sentence, '--loudly']],
    ['an empty key', ['transcribe', sentence, '--api-key', '']],
    ['a list given twice', ['serve', '--provider', 'local', '--provider', 'backup']],
    ['a retention without an end', ['transcribe', sentence, '--retention', '1e9']],
    ['a speed of 0', ['transcribe', sentence, '--speed', '0']],
    ['no file', ['transcribe']],
    ['an unknown command', ['sing']],
  ])('exits with 2 for %s', (_what, args) => {
    const { status, stderr } = tenuto(...args);

    expect(stderr).toContain('error:');
    expect(status).toBe(2);
  });

  it.each([
    ['transcribe', sentence],
    ['inspect'],
    ['simulators', 'whisper'],
    ['serve', '--app', 'echo'],
    ['demo'],
  ])('says in one line that a port is in use, and exits with 2: %s', async (...command) => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const { status, stderr } = tenuto(...command, '--port', String(port));

    await new Promise((resolve) => server.close(resolve));
    expect(stderr).toMatch(oneLineError('PORT_IN_USE'));
    expect(status).toBe(2);
  });

  it('gives a wrong key up at once, and exits with 1', () => {
    const { status, stderr } = tenuto('transcribe', sentence, '--api-key', 'wrong');

    expect(stderr).toContain('[AUTH_REFUSED]');
    expect(stderr).not.toContain('reconnecting');
    expect(stderr).not.toContain('wrong');
    expect(status).toBe(1);
  });

  it('gives a service that is down up after its attempts, and exits with 1', () => {
    const address = ['--url', 'ws://127.0.0.1:9', '--api-key', 'k', '--max-attempts', '1'];

    const { status, stderr } = tenuto('transcribe', sentence, ...address);

    expect(stderr).toContain('[CONNECTION_FAILED]');
    expect(stderr).not.toContain('served'); // there is nothing to be told of a run that never was
    expect(status).toBe(1);
  });
});

describe('tenuto transcribe', () => {
  it('prints JSON lines that end with a summary', () => {
    const { status, stdout } = tenuto('transcribe', sentence, '--speed', '10', '--json');

    const lines = stdout.trim().split('\n');
    const summary = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
    expect(summary).toMatchObject({
      type: 'summary',
      provider: 'local',
      status: 'complete',
      reconnects: 0,
      longestOutageMs: 0,
      gaps: [],
      ledger: { capturedMs: 8_300, deliveredMs: 8_300, gapMs: 0, bufferedMs: 0 },
    });
    expect(summary['transcript']).toContain('leisure to consider');
    expect(status).toBe(0);
  });

  it('converts stereo at another rate, and says so', () => {
    const tone = Array.from({ length: 22_050 }, (_, n) => Math.round(9_000 * Math.sin(n / 8)));
    const file = wav('stereo.wav', 2, 44_100, '16', [tone, tone]);

    const { status, stderr } = tenuto('transcribe', file, '--speed', '10');

    expect(stderr).toMatch(/mono/);
    expect(stderr).toMatch(/44,100 Hz/);
    expect(stderr).toContain('balanced');
    expect(status).toBe(0);
  });

  it('explains itself', () => {
    const { status, stdout } = tenuto('transcribe', '--help');

    expect(stdout).toContain('half-open');
    expect(stdout).toContain('--faults');
    expect(stdout.replace(/\s+/g, ' ')).toContain('not recognised yet is kept, to be sent again');
    expect(status).toBe(0);
  });
});
