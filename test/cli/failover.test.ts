/** `tenuto transcribe` with a second provider, as a script and as a person see it. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { findPocketSphinx } from '../../src/simulators/recogniser/pocketsphinx-packages.ts';
import { runCli, sentence } from './run-cli.ts';

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Runs it, and interrupts it at the first line of that type. */
async function tenuto(args: readonly string[], interruptAt = 'nothing') {
  let isInterrupted = false;
  const command = ['transcribe', sentence, '--json', ...args];
  const { status, stdout } = await runCli(command, (watched) => {
    if (isInterrupted || !watched.stdout.includes(`"type":"${interruptAt}"`)) return;
    isInterrupted = true;
    watched.child.kill('SIGINT');
  });
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

  it('tells of a loss that a failover answers at once, in the table of what broke', async () => {
    const faults = ['--faults', 'local:down@3s', '--max-attempts', '0', '--speed', '4'];

    const { status, stderr } = await runCli([
      ...['transcribe', sentence, '--provider', 'local,backup'],
      ...faults,
    ]);

    expect(stderr).toMatch(/^local: down +\d\d:\d\d\.\d +\+\d\.\d\d s +\+\d\.\d\d s +\d+$/m);
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

/** Why there is no second engine on this machine; null where there is. */
function lack(): string | null {
  try {
    findPocketSphinx({ resolve: (name) => name, exists: existsSync });
    return null;
  } catch (error) {
    return TenutoError.is(error) ? `${error.message} ${error.remediation}` : String(error);
  }
}

const reason = lack();

describe.skipIf(reason !== null)(`two engines${reason === null ? '' : ` (${reason})`}`, () => {
  it('fail over: what Deepgram cannot hear any more Whisper words in its own way', async () => {
    const simulated = ['--simulated', '--speed', '2'];
    const calm = await tenuto(['--provider', 'deepgram', ...simulated]);

    const { status, lines, summary } = await tenuto([
      ...['--provider', 'deepgram,whisper', '--faults', 'deepgram:down@3s'],
      ...simulated,
    ]);

    const byWhisper = lines
      .filter(({ type, provider, isFinal }) => {
        return type === 'transcript' && provider === 'whisper' && isFinal === true;
      })
      .map(({ text }) => String(text))
      .join(' ')
      .trim();
    expect(summary).toMatchObject({
      status: 'complete',
      gaps: [],
      candidateChanges: [{ from: 'deepgram', to: 'whisper', reason: 'failover' }],
      ledger: { capturedMs: 8_300, deliveredMs: 8_300, gapMs: 0, bufferedMs: 0 },
    });
    expect(byWhisper).toContain('in his power to do for');
    expect(calm.summary?.['transcript']).not.toContain(byWhisper);
    expect(status).toBe(0);
  });
});
