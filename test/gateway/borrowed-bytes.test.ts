/** A frame's bytes are the socket's: valid during the call, and a slice of a buffer that is read into. */
import { expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

/** Appends wait until they are let go. */
function holding(store: LogStore): { store: LogStore; hold(): void; letGo(): void } {
  let held: Promise<void> | null = null;
  let letGo = (): void => undefined;
  const append: LogStore['append'] = async (...args) => {
    await held;
    return store.append(...args);
  };
  return {
    store: Object.assign(Object.create(store) as LogStore, {
      append,
      durability: store.durability,
      tail: store.tail.bind(store),
      read: store.read.bind(store),
      purge: store.purge.bind(store),
      drop: store.drop.bind(store),
    }),
    hold: () => {
      held = new Promise((resolve) => (letGo = resolve));
    },
    letGo: () => letGo(),
  };
}

it('keeps what waits for the log in memory of its own', async () => {
  const memory = createMemoryStore();
  const { store, hold, letGo } = holding(memory);
  const world = new GatewayWorld(store);
  const client = world.client();
  const { epoch, sid } = (await client.hello()) as WelcomeFrame;
  const frames = [1, 2, 3].map((seq) => encodeFrame(audioFrame(epoch, seq)));
  const read = Buffer.alloc(64 * 1_024);

  hold();
  for (const frame of frames) {
    frame.forEach((byte, at) => (read[at] = byte));
    client.send(read.subarray(0, frame.length));
    await settled();
    read.fill(0);
  }
  letGo();
  await settled();
  await world.clock.advanceAsync(200); // what came meanwhile waits for its acknowledgement

  const logged = [];
  for await (const { bytes } of memory.read(sid, 0)) {
    for (const { bytes: frame } of decodeRecord(bytes)?.frames ?? []) logged.push(frame);
  }
  expect(logged.map((frame) => decodeFrame(frame))).toMatchObject(
    [1, 2, 3].map((seq) => ({ type: 'data', seq, payload: { 0: seq } })),
  );
  await world.gateway.close();
});
