/** What a stranger's frames may not do: numbers 10 to 13, 22, 27 and 29 of the security list (SECURITY.md). */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, audioFrame, helloFacts, settled } from '../gateway-world.ts';
import type { RawClient } from '../gateway-world.ts';
import { encodeFrame } from '../../../src/protocol/frames.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';

let world = new GatewayWorld();

afterEach(async () => {
  await world.gateway.close();
  world = new GatewayWorld();
});

const HELLO_BYTE = encodeFrame({ type: 'hello', ...helloFacts() })[0] ?? 0;

/** A HELLO of any JSON. */
function helloOf(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length);
  bytes[0] = HELLO_BYTE;
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

function codeAfter(bytes: Uint8Array): number | undefined {
  const client = world.client();
  client.send(bytes);
  return client.closed?.code;
}

async function welcomed(client: RawClient): Promise<WelcomeFrame> {
  const answer = await client.hello();
  if (answer.type !== 'welcome') throw new Error(answer.reason);
  return answer;
}

const facts = helloFacts();
const GOOD = JSON.stringify(facts);

describe('a frame of a stranger', () => {
  it('#10 has no key that leads to a prototype, at any depth', () => {
    const codes = [
      GOOD.replace('{', '{"__proto__":{"x":1},'),
      GOOD.replace('{', '{"constructor":{"prototype":{"x":1}},'),
      GOOD.replace('"wall":0', '"wall":0,"__proto__":{"x":1}'),
      GOOD.replace('{', '{"\\u005f_proto__":{"x":1},'),
      GOOD.replace('{', '{"more":[{"deep":{"prototype":1}}],'),
    ].map((json) => codeAfter(helloOf(json)));

    expect(codes).toEqual([4400, 4400, 4400, 4400, 4400]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('#11 is no JSON that takes long: depth, length, keys, lone surrogates, numbers beyond all', () => {
    const keys = Array.from({ length: 1_000 }, (_none, at) => `"k${at}":0`).join(',');
    const wide = `[${'0,'.repeat(4_000)}0]`;
    const codes = [
      GOOD.replace('{', `{"more":${'['.repeat(9)}${']'.repeat(9)},`),
      GOOD.replace('{', `{"more":"${'x'.repeat(8_193)}",`),
      `{${keys.repeat(9)}}`,
      GOOD.replace('{', `{"more":${wide},`),
      GOOD.replace('"test/1"', '"\\ud800"'),
      GOOD.replace('"wall":0', '"wall":1e999'),
    ].map((json) => codeAfter(helloOf(json)));

    expect(codes.every((code) => code === 4400 || code === 4413)).toBe(true);
  });

  it('#12 has no number beyond its range, and leaves everything as it was', async () => {
    const good = audioFrame(1, 1);
    const wrong = [0, 0x8000_0000, 0xffff_ffff].map((seq) => {
      const bytes = encodeFrame(good);
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, seq, true);
      return bytes;
    });
    const ack = encodeFrame({
      type: 'ack',
      epoch: 1,
      committed: 0,
      maxSeq: 0,
      ackDelayMs: 0,
      ranges: [],
    });
    const ranges = new Uint8Array(20 + 8 * 33);
    ranges.set(ack);
    ranges[1] = 1;
    ranges[2] = 33;
    const backwards = new Uint8Array(28);
    backwards.set(ack);
    backwards[1] = 1;
    backwards[2] = 1;
    backwards[20] = 9;
    backwards[24] = 8;

    for (const bytes of [...wrong, ranges, backwards]) {
      const client = world.client();
      await welcomed(client);
      client.send(bytes);
      expect(client.closed?.code).toBe(4400);
    }

    expect(world.app.audio).toEqual([]);
  });

  // P1.1
  it('#13 names no session that it begins: the gateway does', async () => {
    const json = GOOD.replace('{', `{"sid":"${'m'.repeat(26)}","resume":"mine",`);
    const client = world.client();

    client.send(helloOf(json));
    await settled();

    expect(client.of('welcome')[0]?.sid).not.toBe('m'.repeat(26));
    expect(client.of('welcome')[0]?.resume).not.toBe('mine');
  });

  it.each(['app', 'client', 'inst', 'auth'])(
    '#22 carries no line break, NUL or space in %s',
    (name) => {
      for (const bad of ['a\r\nb', 'a\nb', 'a\0b', 'a\u2028b']) {
        const json = JSON.stringify({ ...facts, [name]: bad });
        expect(codeAfter(helloOf(json))).toBe(4400);
      }
    },
  );

  // P9.6
  it('#27 names no session by a word that means something in a subject or a path', async () => {
    const answers = ['a.b', '*', '>', 'a b', '../a', 'A'].map((sid) =>
      codeAfter(helloOf(JSON.stringify({ ...facts, mode: 'resume', sid, resume: 'x' }))),
    );
    const { sid } = await welcomed(world.client());

    expect(new Set(answers)).toEqual(new Set([4400]));
    expect(sid).toMatch(/^[a-z2-7]{26}$/);
  });

  it('#29 is of the session of its socket, whatever other session has the same epoch', async () => {
    const ann = world.client();
    const first = await welcomed(ann);
    const annsApp = world.app.session;
    const { client: bob, welcome: second } = await world.begun({ auth: 'bob' });

    bob.audio(first.epoch);
    await settled();

    const committed = Array.from(world.gateway.sessions, (session) => [
      session.id,
      session.committed,
    ]);
    expect(first.epoch).toBe(second.epoch);
    expect(annsApp).not.toBe(world.app.session);
    expect(Object.fromEntries(committed)).toEqual({ [first.sid]: 0, [second.sid]: 1 });
    expect(ann.of('ack')).toEqual([]);
  });
});
