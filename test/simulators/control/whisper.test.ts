/** Every fault of the local Whisper, asked for over its endpoint and seen on the wire. */
import { afterEach, describe, expect, it } from 'vitest';

import { VirtualClock } from '../../support/virtual-clock.ts';
import { closeAll, post, start } from '../whisper-support.ts';
import type { WhisperSimulator } from '../../../src/simulators/whisper/simulator.ts';
import { asked, listed } from './support.ts';

let simulator: WhisperSimulator;
let clock: VirtualClock;

afterEach(closeAll);

const ask = (request: object) => asked(simulator.url, request);

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

/** For each: what is asked for, and what a client sees of it. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  http: async () => {
    await ask({ fault: 'http', status: 429, retryAfterMs: 2_500, times: 2 });

    const answers = [await post(simulator), await post(simulator), await post(simulator)];

    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get('retry-after-ms')).toBe('2500');
  },
  'insufficient-quota': async () => {
    await ask({ fault: 'insufficient-quota' });

    const answer = await post(simulator);

    expect([answer.status, await answer.text()]).toEqual([
      429,
      expect.stringContaining('"code":"insufficient_quota"'),
    ]);
  },
  loading: async () => {
    await ask({ fault: 'loading' });

    const answer = await post(simulator);

    expect([answer.status, await answer.json()]).toEqual([503, { status: 'loading model' }]);
  },
  slow: async () => {
    await ask({ fault: 'slow', delayMs: 4_000 });

    let isAnswered = false;
    const answer = post(simulator).finally(() => (isAnswered = true));
    await until(() => clock.pending > 0);
    clock.advance(3_999);
    await ask({ fault: 'unknown-fields', ratio: 0 });
    const early = isAnswered;
    clock.advance(1);

    expect([(await answer).status, early]).toEqual([200, false]);
  },
  hang: async () => {
    await ask({ fault: 'hang' });

    const answer = post(simulator).catch(() => 'never');
    await until(() => simulator.requests.length > 0);
    await closeAll();

    expect([simulator.requests[0]?.status, await answer]).toEqual([0, 'never']);
  },
  cut: async () => {
    await ask({ fault: 'cut' });

    await expect(post(simulator)).rejects.toThrow();
    expect(simulator.requests[0]?.text).toBe('one two');
  },
  'cut-body': async () => {
    await ask({ fault: 'cut-body' });

    const answer = await post(simulator);

    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  },
  unreadable: async () => {
    await ask({ fault: 'unreadable' });

    const answer = await post(simulator);

    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
  },
  hallucination: async () => {
    await ask({ fault: 'hallucination', text: 'Subscribe!' });

    const answer = await post(simulator);

    expect(await answer.json()).toMatchObject({
      text: expect.stringContaining('Subscribe!') as string,
    });
  },
  'unknown-fields': async () => {
    await ask({ fault: 'unknown-fields', ratio: 1 });

    const answer = await post(simulator);

    expect(await answer.json()).toHaveProperty('x_new_field');
  },
};

describe('whisper simulator, asked over its endpoint', () => {
  it('knows these faults and no other', async () => {
    simulator = await start();

    expect([...(await listed(simulator.url))].sort()).toEqual(Object.keys(effects).sort());
  });

  it.each(Object.entries(effects))('lets this befall its clients: %s', async (_fault, see) => {
    clock = new VirtualClock();
    simulator = await start({ clock });

    await see();
  });
});
