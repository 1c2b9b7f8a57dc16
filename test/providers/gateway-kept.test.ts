/** What a client keeps of its session at a gateway, so that another process of it takes the session up. */
import { describe, expect, it } from 'vitest';

import { GatewayClient, welcomeFrame } from './gateway-client.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { HelloFrame } from '../../src/protocol/types.ts';
import { Numbers } from '../../src/providers/gateway/numbers.ts';

const CHUNK = new Uint8Array(3_200);
const SAMPLES = 1_600;

/** With so many chunks sent, and as many of them stored. */
function killed(chunks: number, stored = chunks): GatewayClient {
  const client = new GatewayClient(100);
  const stream = client.dial();
  stream.decode(encodeFrame(welcomeFrame({ epoch: 4, resume: 'newest' })));
  for (let at = 0; at < stored; at += 1) send(stream, at);
  const saved = JSON.parse(JSON.stringify(client.custody.save(0))) as never;
  for (let at = stored; at < chunks; at += 1) send(stream, at);
  const next = new GatewayClient(7);
  next.custody.load(saved, stored * SAMPLES, -93);
  return next;
}

function send(stream: ReturnType<GatewayClient['dial']>, chunk: number): void {
  stream.encodeAudio(CHUNK, { sample: chunk * SAMPLES, capturedAtMs: 100 + chunk * 100 });
}

function helloOf(client: GatewayClient): HelloFrame {
  const [frame] = client.dial().encodeHello();
  return decodeFrame(frame as Uint8Array) as HelloFrame;
}

describe('a client that another process was', () => {
  /** P12.12 */
  it('asks for its session with the newest token and epoch, and a dial above all that were made', () => {
    const client = killed(3);

    const hello = helloOf(client);

    expect(hello).toMatchObject({ mode: 'resume', sid: 's', resume: 'newest', epoch: 4, next: 4 });
    expect(hello.inst).toBe(client.custody.save(0).inst);
    expect(hello.att).toBeGreaterThan(1_000);
  });

  it('goes on behind what only the gateway has', () => {
    const client = killed(5, 3);
    const stream = client.dial();

    const told = stream.decode(
      encodeFrame(welcomeFrame({ epoch: 5, resumed: true, up: 5, position: 5 * SAMPLES })),
    );

    const frame = decodeFrame(
      stream.encodeAudio(CHUNK, { sample: 5 * SAMPLES, capturedAtMs: 200 }) as Uint8Array,
    );
    expect(told).toContainEqual(
      expect.objectContaining({ kind: 'restored', resumed: true, throughSample: 5 * SAMPLES }),
    );
    expect(frame).toMatchObject({ seq: 6, position: 5 * SAMPLES, capturedAtMs: 193 });
  });

  it('begins another session where nobody says where that ends', () => {
    const client = killed(5, 3);
    const stream = client.dial();

    const told = stream.decode(encodeFrame(welcomeFrame({ epoch: 5, resumed: true, up: 5 })));

    expect(told).toMatchObject([{ kind: 'failed', failure: { kind: 'transient' } }]);
    expect(helloOf(client).mode).toBe('new');
  });

  it('does not take a gateway for its own that has lost the session', () => {
    const stream = killed(3).dial();

    const told = stream.decode(encodeFrame(welcomeFrame({ epoch: 4, resumed: true, up: 3 })));

    expect(told).toMatchObject([{ kind: 'failed' }]);
  });
});

describe('numbers', () => {
  it('learns of a gateway that has absurdly much at once, in the memory of a few', () => {
    const numbers = new Numbers(0);
    numbers.place(0, 10);

    numbers.learn(2_000_000_000, 500);

    expect(numbers.last).toBe(2_000_000_000);
    expect(numbers.endOf(2_000_000_000)).toBe(500);
    expect(numbers.save().runs.length).toBeLessThan(10);
    expect(numbers.place(500, 10).seq).toBe(2_000_000_001);
  });

  it('are kept in runs, and only those of audio that is known', () => {
    const numbers = new Numbers(100);
    let sample = 100;
    for (const samples of [10, 10, 10, 7, 10, 10]) {
      numbers.place(sample, samples);
      sample += samples;
    }

    const saved = numbers.save();

    expect(saved).toEqual({ start: 100, firstSeq: 1, runs: [[3, 10], [1, 7], [2, 10]] }); // prettier-ignore
    expect(Numbers.of(saved, 157).last).toBe(6);
    expect(Numbers.of(saved, 156).last).toBe(5);
    expect(Numbers.of(saved, 157).endOf(4)).toBe(137);
  });

  it('are learnt, and learnt again where a store has lost some of those', () => {
    const numbers = new Numbers(0);
    numbers.place(0, 10);
    numbers.learn(4, 50);
    expect(numbers.endOf(4)).toBe(50);

    numbers.learn(2, 20);

    expect([numbers.endOf(1), numbers.endOf(2), numbers.endOf(4)]).toEqual([10, 20, 50]);
    expect(numbers.lose(2, 50)).toEqual({ fromSeq: 3, toSeq: 4, position: 20, samples: 30 });
  });
});
