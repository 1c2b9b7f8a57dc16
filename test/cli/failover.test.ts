/** `tenuto transcribe` with a second provider, as a script sees it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sentence = join(root, 'test/fixtures/speech/sentence.wav');

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Runs it, and interrupts it at the first line of that type. */
async function tenuto(args: readonly string[], interruptAt?: string) {
  const command = ['src/cli/tenuto.mjs', 'transcribe', sentence, '--json', ...args];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, DEEPGRAM_API_KEY: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const isFirst = !stdout.includes(`"type":"${interruptAt ?? ''}"`);
    stdout += text;
    if (isFirst && stdout.includes(`"type":"${interruptAt ?? ''}"`)) child.kill('SIGINT');
  });
  const [status] = (await once(child, 'close')) as [number | null];
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { status, lines, summary: lines.at(-1) };
}

describe('tenuto transcribe with two providers', () => {
  it('says which one served, and how the change went', async () => {
    const faults = ['--faults', 'local:down@3s', '--speed', '6'];

    const { status, lines, summary } = await tenuto([
      ...['--provider', 'local,backup', '--standby'],
      ...faults,
    ]);

    const changes = lines.filter(({ type }) => type === 'candidate.changed');
    expect(changes).toMatchObject([{ from: 'local', to: 'backup', reason: 'standby' }]);
    expect(summary).toMatchObject({
      type: 'summary',
      provider: 'local,backup',
      status: 'complete',
      reconnects: 1,
      gaps: [],
      degraded: [],
      served: [{ provider: 'backup', fromMs: 0 }],
      candidateChanges: [{ from: 'local', to: 'backup', reason: 'standby' }],
      ledger: { capturedMs: 8_300, deliveredMs: 8_300, gapMs: 0, bufferedMs: 0 },
    });
    expect(summary?.['transcript']).toContain('leisure to consider');
    expect(status).toBe(0);
  });

  it('ends cleanly by Ctrl-C while nobody serves', async () => {
    const faults = ['--faults', 'local:down@1s,backup:down@1s', '--max-attempts', '1'];

    const { status, summary } = await tenuto(
      ['--provider', 'local,backup', ...faults],
      'session.degraded',
    );

    expect(summary).toMatchObject({ status: 'interrupted', degraded: [{ mode: 'recordOnly' }] });
    expect(status).toBe(130);
  });
});
