/** A gateway that was left behind: another took its session over, and it had nothing to write by which it would have learnt. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, resumption } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const worlds: GatewayWorld[] = [];
let isAway = false;

/** Two gateways; the session began on the first and was taken over by the second, which has heard of its client since. */
async function moved() {
  const clock = new VirtualClock();
  const memory = createMemoryStore();
  const store: LogStore = {
    durability: memory.durability,
    tail: (id) => (isAway ? Promise.reject(new Error('away')) : memory.tail(id)),
    append: (...given) => memory.append(...given),
    read: (...given) => memory.read(...given),
    purge: (...given) => memory.purge(...given),
    drop: (id) => memory.drop(id),
    close: () => memory.close(),
  };
  isAway = false;
  const [before, after] = [new GatewayWorld(store, clock), new GatewayWorld(store, clock)];
  worlds.push(before, after);
  const { client: left, welcome } = await before.begun();
  const client = after.client();
  const second = (await client.hello(resumption(welcome, 2))) as WelcomeFrame;
  client.audio(second.epoch);
  client.audio(second.epoch);
  await clock.advanceAsync(300);
  client.lose();
  return { before, after, left, first: welcome, second };
}

async function answerOf(client: RawClient, facts: Parameters<RawClient['hello']>[0]) {
  const answer = await client.hello(facts);
  return answer.type === 'refused' ? answer.code : answer;
}

afterEach(async () => {
  for (const { gateway } of worlds.splice(0)) await gateway.close();
});

describe('a gateway whose session another has taken over', () => {
  it('takes it back when its client returns, and the client has the same session', async () => {
    const { before, left, second } = await moved();

    const third = await answerOf(before.client(), resumption(second, 3));

    expect(third).toMatchObject({ type: 'welcome', sid: second.sid, resumed: true, up: 2 });
    expect(left.closed).toMatchObject({ code: 4409 });
  });

  // P12.5
  it('is not opened by a token that was dead before, and its client is not disturbed', async () => {
    const { before, left, first } = await moved();

    const answer = await answerOf(before.client(), { ...resumption(first, 3), resume: 'x' });

    expect(answer).toBe(4403);
    expect(left.closed).toBeNull();
  });

  it('sends its client elsewhere where the store does not say who has it', async () => {
    const { before, second } = await moved();

    isAway = true;
    const answer = await answerOf(before.client(), resumption(second, 3));

    expect(answer).toBe(4440);
  });

  it('keeps a session of its own from whoever shows a dead token, though the log does not know yet that it is', async () => {
    const { after, second } = await moved();
    const client = after.client();
    const third = (await client.hello(resumption(second, 3))) as WelcomeFrame;
    client.audio(third.epoch);

    const answer = await answerOf(after.client(), resumption(second, 4));

    expect(answer).toBe(4403);
    expect(client.closed).toBeNull();
  });
});
