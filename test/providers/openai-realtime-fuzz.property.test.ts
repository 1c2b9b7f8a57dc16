/** Whatever the service sends, the adapter bears it: it throws nothing, keeps little, and changes nothing else. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { said, World } from './openai-world.ts';
import { KNOWN_AND_UNREAD } from '../../src/providers/openai-realtime/wire.ts';

const TYPES = [
  ...KNOWN_AND_UNREAD,
  'session.created',
  'session.updated',
  'error',
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.timeout_triggered',
  'input_audio_buffer.committed',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.failed',
  'conversation.item.created',
  'conversation.item.added',
  'conversation.item.done',
  'response.created',
  'response.done',
  'response.output_item.added',
  'response.output_item.done',
  'response.output_audio.delta',
  'response.output_audio_transcript.delta',
  'response.output_text.delta',
  'response.function_call_arguments.done',
  'rate_limits.updated',
  'something.else',
];

const id = fc.constantFrom('item_1', 'item_2', 'u', '', '__proto__', 'constructor');
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(1e300, -1, NaN, '', 'toString', null, [null], {}),
);
const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constant('AAAA'), odd);
const status = fc.constantFrom('completed', 'incomplete', 'in_progress', 'failed', 'cancelled', 7);

const item = fc.record(
  {
    id,
    type: fc.constantFrom('message', 'function_call', 'function_call_output', 'mcp_call'),
    role: fc.constantFrom('user', 'assistant', 'system', 3),
    status,
    call_id: id,
    name: text,
    arguments: text,
    content: fc.oneof(odd, fc.array(fc.record({ type: text, text, transcript: text }))),
  },
  { requiredKeys: [] },
);

const event = fc.record(
  {
    type: fc.constantFrom(...TYPES),
    item_id: fc.oneof(id, odd),
    item: fc.oneof(item, odd),
    delta: text,
    transcript: text,
    audio_start_ms: fc.oneof(fc.double(), odd),
    audio_end_ms: fc.oneof(fc.double(), odd),
    call_id: fc.oneof(id, odd),
    name: text,
    arguments: text,
    content_index: odd,
    session: odd,
    error: fc.oneof(
      fc.record({ type: text, code: text, message: text, event_id: text }, { requiredKeys: [] }),
      odd,
    ),
    response: fc.oneof(fc.record({ id, status, status_details: odd }), odd),
    rate_limits: odd,
  },
  { requiredKeys: ['type'] },
);

const frame = fc.oneof(
  { weight: 8, arbitrary: event.map((one) => JSON.stringify(one)) },
  fc.tuple(event, fc.nat(60)).map(([one, at]) => JSON.stringify(one).slice(0, at)),
  fc.tuple(event, fc.nat(60), fc.string({ maxLength: 3 })).map(([one, at, noise]) => {
    const whole = JSON.stringify(one);
    return whole.slice(0, at) + noise + whole.slice(at + 1);
  }),
  fc.string(),
  fc.uint8Array({ maxLength: 64 }),
  event.map((one) => new TextEncoder().encode(JSON.stringify(one))),
);

const step = fc.oneof(
  { weight: 8, arbitrary: frame },
  fc.constantFrom('audio', 'flush', 'restore', 'silence', 'endTurn', 'reply', 'interrupt' as const),
);

function take(world: World, one: string | Uint8Array): void {
  const { stream } = world;
  if (one === 'audio') world.sendAudio(100);
  else if (one === 'flush') stream.encodeFlush();
  else if (one === 'restore') stream.encodeRestore?.();
  else if (one === 'silence') stream.settleSilence?.(1e9);
  else if (one === 'endTurn' || one === 'reply') stream.encodeOrder?.({ kind: one });
  else if (one === 'interrupt') {
    stream.encodeOrder?.({ kind: 'interrupt', ref: 'item_1', heardMs: 5 });
  } else stream.decode(one);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const prototype = Object.getOwnPropertyNames(Object.prototype).join();

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype);
});

describe('frames of any kind, in any order', () => {
  it('throw nothing, and leave prototypes alone', () => {
    const items = [said('u', 'user', 'Hello')];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World({}, { items, owesReply: true });
        for (const one of steps) take(world, one);
        expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype);
      }),
      { numRuns: 300 },
    );
  });

  it('settle audio once, in order, and none that was not sent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        let sent = 0;
        let settled = 0;
        for (const one of steps) {
          if (one === 'audio') sent += 2_400;
          const events =
            one === 'silence'
              ? (world.stream.settleSilence?.(1e9) ?? [])
              : typeof one !== 'string' || one.startsWith('{')
                ? world.stream.decode(one)
                : (take(world, one), []);
          for (const told of events) {
            if (told.kind !== 'transcript' || !told.isFinal) continue;
            expect(told.startSample).toBe(settled);
            expect(told.endSample).toBeGreaterThanOrEqual(told.startSample);
            expect(told.endSample).toBeLessThanOrEqual(sent);
            settled = told.endSample;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a service that never comes to an end', () => {
  it('is not remembered for ever', () => {
    const world = new World();
    world.configure();
    chatter(world, 0, 2_000);
    const before = retained();

    chatter(world, 2_000, 20_000);

    expect(retained() - before).toBeLessThan(1_000_000); // of some 30 MB that were said
  });
});

/** Turns that are never settled, answers that never end, calls that nobody answers. */
function chatter(world: World, from: number, to: number): void {
  for (let at = from; at < to; at += 1) {
    const ref = `item_${at}`;
    const text = 'x'.repeat(500);
    world.stream.encodeFlush();
    world.hear(ref, at, at + 1);
    world.tell('conversation.item.input_audio_transcription.delta', { item_id: ref, delta: text });
    world.tell('response.output_text.delta', { item_id: `a_${at}`, delta: text });
    const item = { id: `c_${at}`, type: 'function_call', name: text };
    world.tell('response.output_item.added', { item });
    const call = { item_id: `c_${at}`, call_id: `call_${at}`, arguments: text };
    world.tell('response.function_call_arguments.done', call);
  }
}

function retained(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
