/** One socket to a gateway, frame by frame: what a client makes of what it is told, and what it says of itself. */
import { describe, expect, it } from 'vitest';

import { GatewayClient, welcomeFrame } from './gateway-client.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { DataFrame, ProtocolFrame, WelcomeFrame } from '../../src/protocol/types.ts';
import type { GatewayStream } from '../../src/providers/gateway/stream.ts';

function welcomed(facts: Partial<WelcomeFrame> = {}, client = new GatewayClient()): GatewayStream {
  const stream = client.dial();
  stream.decode(encodeFrame(welcomeFrame(facts)));
  return stream;
}

function finalFrame(seq: number, to: number, epoch = 1): Uint8Array {
  const said = { type: 'final', from: to - 100, to, text: `${to}`, words: [] };
  const frame: DataFrame = {
    type: 'data',
    channel: 0,
    epoch,
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
  return encodeFrame(frame);
}

function pingOf(facts: { readonly lastSent: number; readonly epoch?: number }) {
  const rest = { nonce: 1, received: 0, committed: 0, maxSeq: 9, sentAtMs: 0 };
  return { type: 'ping', epoch: 1, ...rest, ...facts } as const;
}

function framesIn(events: ReturnType<GatewayStream['decode']>): readonly ProtocolFrame[] {
  return events
    .flatMap((event) => (event.kind === 'send' ? event.frames : []))
    .map((frame) => decodeFrame(frame as Uint8Array) as ProtocolFrame);
}

function textsIn(events: ReturnType<GatewayStream['decode']>): readonly string[] {
  return events.flatMap((event) => (event.kind === 'transcript' ? [event.text] : []));
}

describe('a welcome', () => {
  it('P12.9: of a gateway that has lost the session ends the socket', () => {
    const client = new GatewayClient();
    welcomed({ epoch: 5 }, client);

    for (const epoch of [4, 5]) {
      const events = client.dial().decode(encodeFrame(welcomeFrame({ epoch })));
      expect(events).toMatchObject([{ kind: 'failed', failure: { kind: 'transient' } }]);
    }
    expect(client.dial().decode(encodeFrame(welcomeFrame({ epoch: 6 })))).toMatchObject([
      { kind: 'keeping' },
      { kind: 'sessionLost' },
      { kind: 'restored' },
      { kind: 'configured' },
    ]);
  });

  it('of another session is sent all from where finals ended in HELLO, also where the link before tells more meanwhile', () => {
    const client = new GatewayClient();
    const before = welcomed({}, client);
    before.decode(finalFrame(1, 100));

    const after = client.dial();
    before.decode(finalFrame(2, 200));
    const events = after.decode(encodeFrame(welcomeFrame({ epoch: 2 })));
    const first = after.encodeAudio(new Uint8Array(200), { sample: 100, capturedAtMs: 0 });

    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'sessionLost', fromSample: 100 }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'restored', throughSample: 100 }),
    );
    expect(decodeFrame(first as Uint8Array)).toMatchObject({ seq: 1, position: 100 });
  });

  it('P12.8: is believed about what is committed, also where that is less than was acknowledged', () => {
    const client = new GatewayClient();
    const stream = welcomed({}, client);
    for (let sample = 0; sample < 500; sample += 100) {
      stream.encodeAudio(new Uint8Array(200), { sample, capturedAtMs: sample });
    }
    stream.decode(encodeFrame({ ...pingOf({ lastSent: 0 }), committed: 5 }));

    const next = client.dial();
    const events = next.decode(encodeFrame(welcomeFrame({ epoch: 2, resumed: true, up: 2 })));
    const gap = decodeFrame(next.encodeLost(400, 0) as Uint8Array);
    const rest = decodeFrame(
      next.encodeAudio(new Uint8Array(200), { sample: 400, capturedAtMs: 0 }) as Uint8Array,
    );

    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'restored', throughSample: 200 }),
    );
    expect(gap).toMatchObject({
      type: 'gap',
      fromSeq: 3,
      toSeq: 4,
      position: 200,
      samplesLost: 200,
    });
    expect(rest).toMatchObject({ type: 'data', seq: 5, isRetransmission: true, position: 400 });
  });

  it('P12.10: of another log begins the numbers anew; finals are told apart by their samples', () => {
    const client = new GatewayClient();
    const before = welcomed({}, client);
    const first = [before.decode(finalFrame(1, 100)), before.decode(finalFrame(2, 200))];

    const after = welcomed({ epoch: 2, lin: 'another', resumed: true }, client);
    const again = [
      after.decode(finalFrame(1, 200, 2)), // told before, in the log that is gone
      after.decode(finalFrame(2, 300, 2)),
    ];

    expect(first.flatMap(textsIn)).toEqual(['100', '200']);
    expect(again.flatMap(textsIn)).toEqual(['300']);
    expect(again.flatMap(framesIn)).toMatchObject([
      { type: 'ack', committed: 1 },
      { type: 'ack', committed: 2 },
    ]);
  });
});

describe('a client', () => {
  it('P14.5: takes a final that goes beyond those before it, and acknowledges every one', () => {
    const stream = welcomed();

    const told = [100, 200, 150, 200, 300].map((to, at) => stream.decode(finalFrame(at + 1, to)));

    expect(told.flatMap(textsIn)).toEqual(['100', '200', '300']);
    expect(told.flatMap(framesIn).at(-1)).toMatchObject({ type: 'ack', committed: 5 });
  });

  it('P7.1: says that it sets no bound, in all that it says', () => {
    const stream = welcomed();

    const said = [
      ...framesIn(stream.decode(finalFrame(1, 100))),
      ...framesIn(stream.decode(encodeFrame(pingOf({ lastSent: 1 })))),
      decodeFrame(stream.encodeProbe() as Uint8Array),
    ];

    expect(said.map(({ type }) => type)).toEqual(['ack', 'pong', 'ping']);
    for (const frame of said) expect(frame).toMatchObject({ maxSeq: 0xffff_ffff });
  });

  it('P7.4: attaches again where a ping shows that a frame is missing', () => {
    const stream = welcomed();
    stream.decode(finalFrame(1, 100));

    const whole = stream.decode(encodeFrame(pingOf({ lastSent: 1 })));
    const other = stream.decode(encodeFrame(pingOf({ lastSent: 9, epoch: 2 })));
    const hole = stream.decode(encodeFrame(pingOf({ lastSent: 2 })));
    const answer = stream.decode(
      encodeFrame({ ...pingOf({ lastSent: 2 }), type: 'pong', echoMs: 0 }),
    );

    expect([whole, other].flat().map(({ kind }) => kind)).not.toContain('failed');
    for (const events of [hole, answer]) {
      expect(events).toMatchObject([{ kind: 'failed', failure: { code: '4400' } }]);
    }
  });

  it('P17.1: dials next where a gateway that ends, and refuses it, sends it', () => {
    const client = new GatewayClient();
    const refused = { type: 'refused', code: 4430, reason: 'draining' } as const;
    const there = 'wss://voice.example/there';

    const own = client.dial().decode(encodeFrame({ ...refused, to: [there], retryAfterMs: 9_000 }));
    const next = client.custody.addresses.next();
    const foreign = client.dial().decode(encodeFrame({ ...refused, to: ['wss://evil.example'] }));

    const failure = { kind: 'planned', code: '4430', retryAfterMs: 9_000 };
    expect(own).toMatchObject([{ kind: 'failed', failure }]);
    expect(next).toBe(there);
    expect(foreign).toMatchObject([
      { failure: { kind: 'perRequest', code: 'refused' } },
      { failure: { kind: 'planned' } },
    ]);
  });

  it('P17.2: begins its new session where it was sent, if its own is not known there', () => {
    const client = new GatewayClient();
    const there = 'wss://voice.example/there';
    client.custody.addresses.sentTo([there]);
    const first = client.custody.addresses.next();
    const unknown = { type: 'refused', code: 4403, reason: 'bad-resume-token' } as const;

    client.dial().decode(encodeFrame(unknown));

    expect([first, client.custody.addresses.next()]).toEqual([there, there]);
    expect(client.custody.addresses.next()).not.toBe(there);
  });

  it('P11.2: passes over an address that it was not given, and tells which', () => {
    const stream = welcomed();
    const goAway = { type: 'goAway', deadlineMs: 30_000, reason: 'draining' } as const;

    const own = stream.decode(
      encodeFrame({ ...goAway, to: ['wss://voice.example/v1/session', 'wss://voice.example/b'] }),
    );
    const foreign = stream.decode(
      encodeFrame({ ...goAway, to: ['wss://evil.example/v1/session'] }),
    );
    const welcome = new GatewayClient()
      .dial()
      .decode(encodeFrame(welcomeFrame({ at: 'wss://evil.example' })));

    expect(own).toEqual([{ kind: 'endAnnounced', inMs: 30_000, isForMany: true }]);
    expect(foreign).toMatchObject([{ kind: 'failed' }, { kind: 'endAnnounced' }]);
    expect(welcome.map(({ kind }) => kind)).toEqual([
      'keeping',
      'restored',
      'configured',
      'failed',
    ]);
    for (const told of [foreign, welcome]) {
      expect(JSON.stringify(told)).toContain('to wss://evil.example: not in mayMoveTo');
    }
  });
});

it('P14.1: the next frame is taken, and the socket ends where one is missing before it', () => {
  const stream = welcomed();

  const next = stream.decode(finalFrame(1, 100));
  const afterHole = stream.decode(finalFrame(3, 300));

  expect(next).toMatchObject([{ kind: 'transcript', text: '100' }, { kind: 'send' }]);
  expect(afterHole).toMatchObject([{ kind: 'failed', failure: { code: '4400' } }]);
});

describe('the end', () => {
  it('P17.5: is none before everything that was said is here', () => {
    const stream = welcomed();
    const end = encodeFrame({ type: 'finAck', up: 0, lastSeq: 1 });

    expect(stream.decode(end)).toMatchObject([{ kind: 'failed', failure: { code: '4400' } }]);
    stream.decode(finalFrame(1, 100));
    expect(stream.decode(end)).toMatchObject([{ kind: 'finished' }]);
  });
});
