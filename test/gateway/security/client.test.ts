/** What the client half does not let happen: numbers 26 and 28 of the security list (SECURITY.md), and its bearer. */
import { afterEach, describe, expect, it } from 'vitest';

import { Served } from './served.ts';
import type { Principal } from '../../../src/gateway/auth/principal.ts';
import { isLoopback } from '../../../src/ports/loopback.ts';
import { encodeFrame } from '../../../src/protocol/frames.ts';
import { gateway } from '../../../src/providers/gateway/gateway.ts';
import type { GatewayProviderOptions } from '../../../src/providers/gateway/gateway.ts';
import type { Session } from '../../../src/session/session.ts';
import { openSession } from '../../../src/session/whole-session.ts';
import { nodeWebSocketTransport } from '../../../src/transports/websocket.node.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;
const served = new Served();
let session: Session | null = null;

afterEach(async () => {
  await session?.close();
  session = null;
  await served.close();
});

function opened(options: GatewayProviderOptions): Session {
  session = openSession({
    candidates: [gateway(options)],
    transport: nodeWebSocketTransport,
    reconnect: { retryInitialConnect: true, baseMs: 20, capMs: 100 },
  });
  return session;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a client', () => {
  // P2.2
  it('#26 says nothing in the clear to another machine, unless it is told to', () => {
    for (const url of [
      'ws://voice.example/v1/session',
      'http://192.0.2.1',
      'ws://localhost.evil.example',
    ]) {
      expect(() => gateway({ url })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
      expect(() => gateway({ url, insecure: true })).not.toThrow();
    }
    for (const url of [
      'wss://voice.example',
      'ws://127.0.0.1:8765',
      'ws://[::1]:1',
      'ws://localhost',
    ]) {
      expect(() => gateway({ url })).not.toThrow();
    }
    expect(['127.0.0.1.evil.example', '128.0.0.1', '0x7f.1', '', '::'].filter(isLoopback)).toEqual(
      [],
    );
  });

  it('#26 cannot be told to believe any certificate', () => {
    for (const name of ['rejectUnauthorized', 'tls', 'ca']) {
      expect(() => gateway({ url: 'wss://voice.example', [name]: false })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });

  // P11.2
  it('#28 dials where it was told to, whatever a gateway names', async () => {
    const provider = gateway({ url: 'wss://voice.example/v1/session' });
    const stream = provider.openStream(FORMAT);
    const to = ['wss://CANARY:CANARY@evil.example/CANARY?CANARY'];

    const events = stream.decode(
      encodeFrame({ type: 'goAway', deadlineMs: 30_000, to, reason: 'draining' }),
    );
    const request = await provider.dial(FORMAT, 'reconnect');

    expect(request.url).toBe('wss://voice.example/v1/session');
    expect(JSON.stringify(events)).toContain('wss://evil.example: not in mayMoveTo');
    expect(JSON.stringify(events)).not.toContain('CANARY');
  });

  it('tells of a bearer’s end only where there is somebody to ask for another', () => {
    const frame = encodeFrame({ type: 'authOk', expiresInMs: 60_000 });
    const url = 'wss://voice.example';

    const asked = gateway({ url, token: () => 'fresh' })
      .openStream(FORMAT)
      .decode(frame);
    const given = gateway({ url, token: 'always' }).openStream(FORMAT).decode(frame);

    expect(asked).toEqual([{ kind: 'credentialEnds', inMs: 60_000 }]);
    expect(given[0]?.kind).toBe('ignored');
  });

  it('#20 asks for a new bearer before the one in use expires, and loses nothing by it', async () => {
    const bearers: string[] = [];
    const verify = async (bearer: string): Promise<Principal> => {
      bearers.push(bearer);
      return { subject: 'ann', expiresAtMs: bearers.length === 1 ? Date.now() + 4_000 : null };
    };
    const { url } = await served.start({ verify });
    let asked = 0;
    const live = opened({ url, token: () => `bearer-${++asked}` });

    await live.connect();
    for (let value = 0; value < 10; value += 1) live.write(new Uint8Array(3_200).fill(value));
    await until(() => bearers.length > 1);
    for (let value = 10; value < 20; value += 1) live.write(new Uint8Array(3_200).fill(value));
    await live.drain();

    expect(bearers[1]).toBe('bearer-2');
    expect(served.app.audio.map(({ first }) => first)).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
  });

  it('#20 asks for a new bearer where the one it has is refused, and comes back at once', async () => {
    const reasons: string[] = [];
    const { url } = await served.start({
      verify: async (bearer) => (bearer === 'good' ? { subject: 'ann' } : null),
    });
    const live = opened({
      url,
      token: ({ reason }) => {
        reasons.push(reason);
        return reason === 'refused' ? 'good' : 'stale';
      },
    });

    await live.connect();
    live.write(new Uint8Array(3_200));
    await live.drain();

    expect(reasons).toEqual(['connect', 'refused']);
    expect(served.app.audio).toHaveLength(1);
  });
});
