/** What is allowed by the letter, and meant to harm: HELLOs at the ends of every range, frames of nothing. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, helloFacts, settled, resumption } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import { MAX_POSITION, MAX_SEQ, WINDOW_CHUNKS } from '../../src/protocol/limits.ts';
import type { GapFrame, HelloFrame } from '../../src/protocol/types.ts';

const FRAMES_A_SECOND = 180;

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function notingErrors(): { readonly logger: Logger; readonly errors: string[] } {
  const errors: string[] = [];
  const quiet = (): void => undefined;
  return { errors, logger: { debug: quiet, info: quiet, warn: quiet, error: (text) => errors.push(text) } }; // prettier-ignore
}

const ENDS: readonly (readonly [string, Partial<HelloFrame>])[] = [
  ['an epoch that few can follow', { epoch: MAX_SEQ - 2 }],
  ['the greatest attempt', { att: MAX_SEQ }],
  ['finals to the end of all samples', { fin: MAX_POSITION }],
  ['every seq used', { low: MAX_SEQ + 1, next: MAX_SEQ + 1, acked: MAX_SEQ, rcv: MAX_SEQ }],
  ['the lowest rate', { audio: { encoding: 'pcm_s16le', sampleRateHz: 8_000 } }],
  ['a clock of the far future', { clock: { wall: 8.64e15, mono: Number.MAX_SAFE_INTEGER } }],
];

describe('a client whose HELLO is at the end of a range', () => {
  it.each(ENDS)('with %s is welcomed, and taken back', async (_what, facts) => {
    const { logger, errors } = notingErrors();
    world = new GatewayWorld(undefined, undefined, { logger });

    const { client, welcome } = await world.begun(facts);
    client.send(audioFrame(welcome.epoch, 1));
    world.app.session?.send({ type: 'anything' });
    await settled();
    client.lose();
    const again = await world
      .client()
      .hello({ ...resumption(welcome), ...(facts.att ? { inst: 'b'.repeat(32) } : {}) });

    expect(again).toMatchObject({ type: 'welcome', resumed: true, epoch: welcome.epoch + 1, up: 1 }); // prettier-ignore
    expect(errors).toEqual([]);
  });

  it('P12.2 is told 4400 where no epoch can follow its own, and takes no session with it', async () => {
    world = new GatewayWorld();
    const { welcome } = await world.begun({ epoch: MAX_SEQ - 1 });
    const again = await world.client().hello(resumption(welcome));
    const anew = await world.client().hello({ epoch: MAX_SEQ });

    expect(welcome.epoch).toBe(MAX_SEQ);
    expect([again, anew]).toMatchObject([{ code: 4400 }, { code: 4400 }]);
  });

  it('P10.1 is told 4400 where its epoch is none', async () => {
    world = new GatewayWorld();
    const client = world.client();

    const frame = encodeFrame({ type: 'hello', ...helloFacts(), epoch: MAX_SEQ });
    const text = new TextDecoder().decode(frame).replace(`${MAX_SEQ}`, `${2 ** 32 - 1}`);
    client.send(new TextEncoder().encode(text));
    await settled();

    expect(client.closed).toMatchObject({ code: 4400 });
  });

  it('ends nobody else’s session where the gateway errs over it', async () => {
    const { logger, errors } = notingErrors();
    world = new GatewayWorld(undefined, undefined, { logger });
    const other = world.client();
    await other.hello({ auth: 'bob' });
    const client = world.client();
    const wallClock = world.gateway.wallClock;
    Object.assign(world.gateway, { wallClock: () => Number.NaN }); // which no frame can carry

    await client.hello().catch(() => undefined);
    Object.assign(world.gateway, { wallClock });

    expect(client.closed).toMatchObject({ code: 4440 });
    expect(other.closed).toBeNull();
    expect(errors).toEqual(['A client could not be let in.']);
  });
});

describe('a client that sends frames of nothing', () => {
  it('P13.5 gets no more credit than for the room that they take', async () => {
    const { client } = await flooded((epoch, seq) => ({
      ...audioFrame(epoch, seq),
      position: 0,
      payload: new Uint8Array(0),
    }));

    const granted = client.of('ack').at(-1)?.maxSeq;

    expect(client.closed).toMatchObject({ code: 4423 });
    expect(granted).toBe(WINDOW_CHUNKS); // as at the beginning
  });

  it('P13.5 is closed over gaps of nothing', async () => {
    const { client } = await flooded((epoch, seq) => gapOfNothing(epoch, seq));

    expect(client.closed).toMatchObject({ code: 4421 });
    expect(world.app.gaps.length).toBeLessThan(100);
  });
});

function gapOfNothing(epoch: number, seq: number): GapFrame {
  const places = { fromSeq: seq, toSeq: seq, position: 0, samplesLost: 0, fromMs: 0, toMs: 0 };
  return { type: 'gap', channel: 1, epoch, cause: 'source', ...places };
}

/** Of a session that may have 1,000 bytes; nothing that it says is ever handled. */
async function flooded(
  frameOf: (epoch: number, seq: number) => GapFrame | ReturnType<typeof audioFrame>,
): Promise<{ readonly client: RawClient }> {
  world = new GatewayWorld(undefined, undefined, { limits: { unhandledBytesPerSession: 1_000 } });
  const { client, welcome } = await world.begun();
  for (let seq = 1; seq <= 20 * FRAMES_A_SECOND && client.closed === null; seq += 1) {
    client.send(frameOf(welcome.epoch, seq));
    if (seq % FRAMES_A_SECOND === 0) await world.clock.advanceAsync(1_000);
  }
  return { client };
}
