/** A gateway that takes a session over: what the one before had to tell comes first, and nothing is passed over. */
import { describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, NotingApp, settled } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { DataFrame, WelcomeFrame } from '../../src/protocol/types.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';

/** Says something as soon as it is opened. */
class HastyApp extends NotingApp {
  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    session.send({ type: 'serving', provider: 'second', missing: [] });
    return handlers;
  }
}

describe('a gateway that takes over', () => {
  it('sends the final that was committed and not sent before anything of its own', async () => {
    const store = createMemoryStore();
    const before = new GatewayWorld(store);
    const first = before.client();
    const { sid, resume, epoch } = (await first.hello()) as WelcomeFrame;
    first.audio(epoch, 1);
    before.app.session?.result({ type: 'final', from: 0, to: 1_600, text: 'one' });
    await settled();
    const app = new HastyApp();
    const after = new GatewayWorld(store, undefined, { apps: new Map([['speech', app]]) });

    const second = after.client();
    await second.hello({ ...helloFacts(), mode: 'resume', sid, resume, att: 2, epoch });
    await settled();

    const said = second.of('data').map(({ seq, payload }) => {
      const { type } = JSON.parse(Buffer.from(payload).toString()) as { readonly type: string };
      return [seq, type];
    });
    expect(said).toEqual([
      [1, 'final'],
      [2, 'serving'],
    ]);
  });
});

describe('a client', () => {
  const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;
  const welcome: WelcomeFrame = {
    type: 'welcome',
    v: 1,
    sid: 's',
    epoch: 1,
    lin: 'l',
    resumed: false,
    up: 0,
    downFrom: 1,
    maxSeq: 100,
    resume: 't',
    graceMs: 120_000,
    retainMs: 120_000,
    maxFrame: 65_536,
    durability: 'memory',
    ping: { idleMs: 5_000, deadMs: 20_000 },
    caps: [],
    now: 0,
  };

  function final(seq: number): Uint8Array {
    const said = { type: 'final', from: (seq - 1) * 100, to: seq * 100, text: `${seq}`, words: [] };
    const frame: Omit<DataFrame, 'type'> = {
      channel: 0,
      epoch: 1,
      seq,
      position: 0,
      capturedAtMs: 0,
      codec: 'json',
      isEndOfStream: false,
      isDiscontinuity: false,
      isRetransmission: false,
      isSpeech: false,
      payload: new TextEncoder().encode(JSON.stringify(said)),
    };
    return encodeFrame({ type: 'data', ...frame });
  }

  // P14.1
  it('takes the next frame, and attaches again where one is missing before it', () => {
    const stream = gateway({ url: 'ws://127.0.0.1:1/v1/session' }).openStream(format);
    stream.decode(encodeFrame(welcome));

    const next = stream.decode(final(1));
    const afterHole = stream.decode(final(3));

    expect(next).toMatchObject([{ kind: 'transcript', text: '1' }, { kind: 'send' }]);
    expect(afterHole).toMatchObject([{ kind: 'failed', failure: { code: '4400' } }]);
  });
});
