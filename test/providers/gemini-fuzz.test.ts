import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HttpHandlers } from '../../src/ports/http.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { SseParser } from '../../src/providers/gemini-llm/sse.ts';
import {
  KEY,
  audio,
  callOf,
  heard,
  interrupted,
  openStream,
  said,
  sendMs,
  spoken,
} from './gemini-support.ts';

/** What the service sends, to be bent. */
const FRAMES: readonly object[] = [
  { setupComplete: { sessionId: 's' } },
  audio(),
  heard(' Hello'),
  spoken('Hi'),
  interrupted,
  callOf('fc_1'),
  { toolCallCancellation: { ids: ['fc_1'] } },
  { goAway: { timeLeft: '50s' } },
  { sessionResumptionUpdate: { newHandle: 'h', resumable: true } },
  { serverContent: { generationComplete: true, turnComplete: true }, usageMetadata: {} },
  { serverContent: { modelTurn: { parts: [{ text: 'x', thought: true }] } } },
  { voiceActivity: { voiceActivityType: 'ACTIVITY_START' } },
  { error: { code: 500, message: 'no' } },
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object,
];

const CHUNK = JSON.stringify({
  candidates: [
    {
      content: {
        parts: [
          { text: 'Hello' },
          { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
        ],
        role: 'model',
      },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: { promptTokenCount: 1 },
});

/** A value in place of another: any type where one was expected. */
const bent = fc
  .tuple(fc.constantFrom(...FRAMES), fc.array(fc.nat(), { maxLength: 4 }), fc.jsonValue())
  .map(([frame, path, value]) => JSON.stringify(bend(structuredClone(frame), path, value)));

const cut = fc
  .tuple(fc.constantFrom(...FRAMES), fc.nat(200))
  .map(([frame, length]) => JSON.stringify(frame).slice(0, length));

const frame = fc.oneof(
  bent,
  cut,
  fc.string(),
  fc.json(),
  fc.constantFrom(...FRAMES).map((known) => JSON.stringify(known)),
  fc.uint8Array({ maxLength: 200 }),
);

function bend(target: object, path: readonly number[], value: unknown): unknown {
  let at = target as Record<string, unknown>;
  for (const step of path) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)];
    const next = key === undefined ? undefined : at[key];
    if (key === undefined || typeof next !== 'object' || next === null) {
      if (key !== undefined) at[key] = value;
      return target;
    }
    at = next as Record<string, unknown>;
  }
  return value;
}

const untouched = () => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
};

describe('gemini live, whatever comes', () => {
  it('never throws, and tells finals that tile and stay within what was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, fc.nat(1_000)), { maxLength: 40 }), (steps) => {
        const stream = openStream();
        const events: ProviderEvent[] = [];
        let sent = 0;

        for (const [bytes, ms] of steps) {
          sendMs(stream, ms);
          sent += ms * 16;
          const told = [...stream.decode(bytes), ...stream.settleSilence!(sent - 80_000)];
          for (const event of told) {
            if (event.kind === 'transcript') expect(event.endSample).toBeLessThanOrEqual(sent);
          }
          events.push(...told);
        }

        let settled = 0;
        for (const event of events) {
          if (event.kind !== 'transcript' || !event.isFinal) continue;
          expect(event.startSample).toBe(settled);
          expect(event.endSample).toBeGreaterThan(settled);
          settled = event.endSample;
        }
        untouched();
      }),
      { numRuns: 300 },
    );
  });

  it('never ends an answer that has not begun, nor begins one twice', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (frames) => {
        const stream = openStream();
        let isReplying = false;

        for (const event of frames.flatMap((bytes) => stream.decode(bytes))) {
          if (event.kind === 'replyStarted') {
            expect(isReplying).toBe(false);
            isReplying = true;
          } else if (event.kind === 'replyEnded') {
            expect(isReplying).toBe(true);
            isReplying = false;
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('makes no more of a frame than the frame is long', () => {
    fc.assert(
      fc.property(frame, (bytes) => {
        const events = openStream().decode(bytes);

        expect(events.length).toBeLessThanOrEqual(8 + bytes.length);
        for (const event of events) {
          if (event.kind === 'ignored') expect(event.what.length).toBeLessThanOrEqual(200);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a turn within bounds, however long the service writes', () => {
    const stream = openStream();
    const piece = JSON.stringify(heard('word '.repeat(1_000)));
    let longest = 0;

    for (let count = 0; count < 50; count += 1) {
      for (const event of stream.decode(piece)) {
        if (event.kind === 'item') longest = Math.max(longest, event.text?.length ?? 0);
      }
    }

    expect(longest).toBeLessThanOrEqual(20_000);
  });
});

describe('server-sent events, whatever comes', () => {
  const line = fc.oneof(
    fc.constantFrom('data: {"a":1}', 'data:x', 'data', ': comment', 'event: y', 'id: 1', '', ''),
    fc.string({ maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  );
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
    .map((lines) => lines.map(([text, end]) => text + end).join(''));

  it('tells the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(7), { minLength: 1 }), (text, sizes) => {
        const bytes = new TextEncoder().encode(text);
        const whole = new SseParser();
        const pieces = new SseParser();
        const expected = [...whole.push(bytes), ...whole.finish()];

        const events: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]! + (turn % 2);
          events.push(...pieces.push(bytes.subarray(at, at + size)));
          at += size;
          if (turn > 10_000) break;
        }
        events.push(...pieces.finish());

        expect(events).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('forgets what is too long, and says so', () => {
    const parser = new SseParser();
    const piece = new TextEncoder().encode('data: x'.padEnd(1_000_000, 'x'));

    const events = Array.from({ length: 20 }, () => parser.push(piece)).flat();

    expect(events).toEqual([]);
    expect(parser.overflowed).toBe(true);
  });
});

describe('gemini over HTTP, whatever comes', () => {
  it('never throws, and ends each answer exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constant(CHUNK),
            fc.nat(CHUNK.length).map((length) => CHUNK.slice(0, length)),
            fc.json(),
            fc.string(),
          ),
          { maxLength: 8 },
        ),
        fc.constantFrom(200, 200, 400, 429, 500),
        fc.boolean(),
        async (chunks, status, isComplete) => {
          const ends: string[] = [];
          const ids: string[] = [];
          let handlers: HttpHandlers | undefined;
          const http = {
            send: (_request: object, given: HttpHandlers) => {
              handlers = given;
              return { cancel: () => {} };
            },
          };
          const request = { conversation: [said('user', 'Hi')], instructions: '', tools: [] };
          geminiLlm({ apiKey: KEY, http }).reply(request, {
            onText: () => {},
            onToolCall: ({ callId }) => ids.push(callId),
            onEnd: () => ends.push('end'),
            onFailed: () => ends.push('failed'),
          });
          await Promise.resolve();
          await Promise.resolve();

          handlers!.onHead(status, {});
          for (const chunk of chunks) {
            handlers!.onData(new TextEncoder().encode(`data: ${chunk}\r\n\r\n`));
          }
          handlers!.onEnd({ kind: isComplete ? 'complete' : 'failed', reason: '' });

          expect(ends).toHaveLength(1);
          expect(new Set(ids).size).toBe(ids.length);
          untouched();
        },
      ),
      { numRuns: 200 },
    );
  });
});
