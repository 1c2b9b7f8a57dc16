/** Ctrl-C, once and twice: what is still waited for, what is told, and the exit status. */
import { describe, expect, it } from 'vitest';

import { runCli, sentence } from './run-cli.ts';
import { Deadline, lastResultsMs } from '../../src/cli/interruption.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const CLOSING = 'Closing: waiting for the last results (Ctrl-C again to stop at once)\n';

const WITHIN_MS = 3_000;
const CAUTIOUS = openaiRealtime({ apiKey: 'k' }).traits;

describe('the deadline of an interrupted run', () => {
  function started() {
    const clock = new VirtualClock();
    const [first, second] = [new AbortController(), new AbortController()];
    const signals = { signal: first.signal, haste: second.signal };
    const deadline = new Deadline(signals, clock, WITHIN_MS);
    return { clock, first, second, deadline };
  }

  it('is the time it is given, after the first signal', () => {
    const { clock, first, deadline } = started();
    clock.advance(60_000);
    first.abort();

    clock.advance(WITHIN_MS - 1);
    const before = deadline.signal.aborted;
    clock.advance(1);

    expect([before, deadline.signal.aborted]).toEqual([false, true]);
  });

  it('begins anew with each result, and not before the signal', () => {
    const { clock, first, deadline } = started();
    deadline.moved();
    clock.advance(WITHIN_MS);
    const before = deadline.signal.aborted;
    first.abort();
    clock.advance(WITHIN_MS - 1);

    deadline.moved();
    clock.advance(WITHIN_MS - 1);
    const during = deadline.signal.aborted;
    clock.advance(1);
    deadline.moved();

    expect([before, during, deadline.signal.aborted]).toEqual([false, false, true]);
    expect(clock.pending).toBe(0);
  });

  it('comes at once with the second signal', () => {
    const { first, second, deadline } = started();
    first.abort();

    second.abort();

    expect(deadline.signal.aborted).toBe(true);
  });

  it('counts for a run that begins interrupted', () => {
    const { clock, first, second } = started();
    first.abort();

    const signals = { signal: first.signal, haste: second.signal };
    const late = new Deadline(signals, clock, WITHIN_MS);
    clock.advance(WITHIN_MS);

    expect(late.signal.aborted).toBe(true);
  });

  it('ends the wait for work that does not end', async () => {
    const { second, deadline } = started();
    const waiting = deadline.over(new Promise(() => undefined));

    second.abort();

    await expect(waiting).resolves.toBeNull();
  });

  it('leaves no timer behind', () => {
    const { clock, first, deadline } = started();
    first.abort();

    deadline.stop();

    expect(clock.pending).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('the time for the last results', () => {
  const provider = (flushTimeoutMs: number) => ({ traits: { ...CAUTIOUS, flushTimeoutMs } });

  it.each([
    ['what a service may take to tell them', [3_500], 3_500],
    ['what the slowest of several may take', [0, 4_000], 4_000],
    ['2 s at the least', [0], 2_000],
    ['15 s at the most: nobody waits for a minute', [60_000], 15_000],
  ])('is %s', (_what, flushTimeoutsMs, ms) => {
    expect(lastResultsMs(flushTimeoutsMs.map(provider))).toBe(ms);
  });
});

describe('tenuto transcribe, interrupted on a link that went silent', () => {
  const command = ['transcribe', sentence, '--faults', 'half-open@2s:20s'];

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s says at once what it waits for, and exits with %d', async (name, code) => {
    let isSent = false;
    const { status, stderr } = await runCli(command, ({ child, stderr: said }) => {
      if (isSent || !said.includes('silent for')) return;
      isSent = true;
      child.kill(name);
    });

    expect(stderr.split(CLOSING)).toHaveLength(2);
    expect(stderr).toMatch(/were still in the ring, not delivered\ninterrupted\n$/);
    expect(status).toBe(code);
  });

  it('twice ends with what was left', async () => {
    let sent = 0;
    const { status, stderr } = await runCli(command, ({ child, stderr: said }) => {
      if ((sent === 0 && said.includes('silent for')) || (sent === 1 && said.includes('Closing'))) {
        sent += 1;
        child.kill('SIGINT');
      }
    });

    expect(sent).toBe(2);
    expect(stderr.split(CLOSING)).toHaveLength(2);
    expect(stderr).toMatch(/were still in the ring, not delivered\ninterrupted\n$/);
    expect(status).toBe(130);
  });
});

describe('tenuto demo --text, interrupted', () => {
  it('tells of both runs how far they came, and promises nothing', async () => {
    let isSent = false;
    const { status, stdout } = await runCli(['demo', '--text'], ({ child }) => {
      if (!isSent) child.kill('SIGINT');
      isSent = true;
    });

    expect(stdout).toMatch(/^ledger without faults: captured \d+ .*balanced/m);
    expect(stdout).toMatch(/^ledger with faults: +captured \d+ .*balanced/m);
    expect(stdout).not.toMatch(/promise|Nothing was lost|not reached/);
    expect(stdout).toMatch(/\ninterrupted\n$/);
    expect(status).toBe(130);
  });
});
