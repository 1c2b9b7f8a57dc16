/** Logout of a session that another gateway has, and what one principal may fill: numbers 18 and 20 of the security list. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, settled } from '../gateway-world.ts';
import type { RawClient } from '../gateway-world.ts';
import { DEFAULT_LIMITS } from '../../../src/gateway/admission/limits.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';

const SIGN = { nonce: 0, lastSent: 0, received: 0, committed: 0, maxSeq: 0, sentAtMs: 0 };

let world: GatewayWorld;

afterEach(() => world.gateway.close());

describe('a logout on another gateway of the store', () => {
  async function loggedOutElsewhere(): Promise<{
    client: RawClient;
    welcome: WelcomeFrame;
    other: GatewayWorld;
  }> {
    world = new GatewayWorld();
    const other = new GatewayWorld(world.store, world.clock);
    const { client, welcome } = await world.begun();

    expect(await other.gateway.logout({ sessionId: welcome.sid })).toBe(1);

    return { client, welcome, other };
  }

  async function codeAt(there: GatewayWorld, { sid, resume, epoch }: WelcomeFrame) {
    const answer = await there.client().hello({ mode: 'resume', sid, resume, epoch, att: 2 });
    return answer.type === 'refused' ? answer.code : null;
  }

  it('#20 ends the socket at the next thing that is to be kept, within a second while audio flows', async () => {
    const { client, welcome, other } = await loggedOutElsewhere();
    const loggedOutAtMs = world.clock.nowMs();

    await world.clock.advanceAsync(100);
    client.audio(welcome.epoch);
    await settled();

    expect(client.closed).not.toBeNull();
    expect(world.clock.nowMs() - loggedOutAtMs).toBeLessThanOrEqual(1_000);
    expect(client.of('ack').every(({ committed }) => committed === 0)).toBe(true);
    expect([await codeAt(world, welcome), await codeAt(other, welcome)]).toEqual([4404, 4404]);
    await other.gateway.close();
  });

  it('#20 ends the socket of a client that is silent within a quarter of the grace', async () => {
    const { client, welcome, other } = await loggedOutElsewhere();
    const alive = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms && client.closed === null; passed += 1_000) {
        client.send({ type: 'ping', epoch: welcome.epoch, ...SIGN });
        await world.clock.advanceAsync(1_000);
      }
    };

    await alive(32_000);

    expect(client.closed).not.toBeNull();
    expect(await codeAt(world, welcome)).toBe(4404);
    await other.gateway.close();
  });
});

it('#18 a thousand sessions that one principal begins and leaves are five, of 8 MiB each; others have theirs', async () => {
  world = new GatewayWorld(undefined, undefined, { limits: { hellosPerMinute: Infinity } });
  const codes: (number | undefined)[] = [];
  for (let begun = 0; begun < 1_000; begun += 1) {
    const client = world.client(`10.0.${begun >> 8}.${begun & 255}`);
    client.send({ type: 'hello', ...helloFacts(), inst: `i${begun}` });
    await settled();
    codes.push(client.of('refused')[0]?.code);
    client.lose();
  }

  const other = await world.client('10.1.0.1').hello({ auth: 'bob' });

  expect(codes.slice(0, 5)).toEqual(Array<undefined>(5).fill(undefined));
  expect(codes.slice(5)).toEqual(Array<number>(995).fill(4422));
  expect(
    Array.from(world.gateway.sessions).filter(({ card }) => card.subject === 'ann'),
  ).toHaveLength(5);
  expect(DEFAULT_LIMITS.sessionsPerPrincipal * DEFAULT_LIMITS.unhandledBytesPerSession).toBe(
    40 * 1_024 * 1_024,
  );
  expect(other.type).toBe('welcome');
});
