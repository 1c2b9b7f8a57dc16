/** What a watcher never sees: every place where a secret, an address, a word that was spoken or audio may stand. */
import { createActor, createMachine, fromPromise } from 'xstate';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import { shown, shownEvent, shownName } from '../../src/observability/shown.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { LadderWorld } from '../session/ladder-world.ts';

const KEY = 'sk-live-4f9aC0ffee7Canary1234567890';
const SPOKEN = 'meine Kontonummer ist Canary sieben';
const URL_WITH_TOKEN = 'wss://api.example/v1?access_token=Canary99&model=x';

describe('what is shown', () => {
  it('is numbers, booleans and the words of charts', () => {
    const context = {
      attempts: 3,
      isOnline: true,
      component: 'stt',
      failure: { kind: 'rateLimited', code: 'http 429', retryAfterMs: 60_000 },
      candidates: [{ provider: 'deepgram', region: 'eu', faculties: ['hearing'] }],
      rtt: null,
    };

    expect(shown(context, 'context')).toEqual(context);
  });

  it.each([
    ['a key', { apiKey: KEY }],
    ['a key where a word is expected', { code: KEY, reason: KEY, provider: KEY }],
    ['a header', { headers: { authorization: `Bearer ${KEY}` } }],
    ['an address', { url: URL_WITH_TOKEN, endpoint: new URL(URL_WITH_TOKEN) }],
    [
      'what was spoken',
      { text: SPOKEN, reason: SPOKEN, transcript: { words: [{ text: SPOKEN }] } },
    ],
    [
      'what a service says back',
      { failure: { kind: 'auth', code: '401', detail: `bad key ${KEY}` } },
    ],
    ['the name of a field', { [KEY]: 1, [SPOKEN]: true }],
    ['an error', { error: new Error(`no access with ${KEY}`) }],
    ['a map', { tokens: new Map([['Canary', KEY]]) }],
    ['deep below', { a: { b: { c: { d: { e: { f: { g: { h: KEY } } } } } } } }],
    ['a list', { source: [[KEY, SPOKEN]] }],
    ['a JWT', { kind: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDYW5hcnkifQ.c2lnbmF0dXJl' }],
  ])('has nothing of %s', (_, context) => {
    expect(JSON.stringify(shown(context, 'context'))).not.toMatch(
      /canary|eyJ|bearer|example|konto/i,
    );
  });

  it('has of bytes their count', () => {
    const bytes = new Uint8Array(3_200).fill(67);

    expect(shown({ chunk: bytes, buffer: bytes.buffer, blob: new Blob([bytes]) })).toEqual({
      chunk: '[3200 bytes]',
      buffer: '[3200 bytes]',
      blob: '[3200 bytes]',
    });
  });

  it('has types of events, and names of actors, but none that looks like a key', () => {
    expect(shownEvent({ type: 'xstate.done.actor.0.connection.active', output: SPOKEN })).toEqual({
      type: 'xstate.done.actor.0.connection.active',
      output: `[text of ${SPOKEN.length}]`,
    });
    expect(shownEvent({ type: KEY }).type).toBe('(hidden)');
    expect(shownName(`socket ${KEY}`)).toBe('(hidden)');
    expect(shownName('connection.12')).toBe('connection.12');
  });

  it('never has a text of a field that is not on the list', () => {
    const secret = fc.string({ minLength: 9 }).map((text) => `§${text}§`);
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        secret,
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
      ),
    })).any;

    fc.assert(
      fc.property(value, (any) => {
        expect(JSON.stringify(shown({ any }, 'context'))).not.toContain('§');
      }),
    );
  });
});

describe('a session that is watched', () => {
  it('shows no key, no address, no text and no audio, whatever it goes through', async () => {
    const feed = inspectionFeed();
    const told: StatelyInspectionEvent[] = [];
    feed.subscribe((event) => told.push(event));
    const world = new LadderWorld(
      [{ name: 'first', askCredential: async () => KEY }, { name: 'second' }],
      { inspect: feed.inspect },
    );

    await world.connect();
    await world.speak(1_000);
    world.settle(world.network(0).last, SPOKEN);
    world
      .network(0)
      .refuseNext({ code: 4_001, reason: '', status: 401, body: `unknown key ${KEY}` });
    world.network(0).reset();
    await world.speak(8_000);
    world.kill(0);
    await world.speak(60_000);
    void world.session.close();
    await world.pass(20_000);

    const text = JSON.stringify(told);
    expect(told.length).toBeGreaterThan(200);
    expect(text).not.toMatch(/canary/i);
    expect(text).not.toContain('ws://');
    expect(text).not.toContain(KEY.slice(0, 12));
  });

  it('shows nothing of what an actor was given, and of what it remembers', async () => {
    const feed = inspectionFeed();
    const told: StatelyInspectionEvent[] = [];
    feed.subscribe((event) => told.push(event));
    const machine = createMachine({
      id: 'opener',
      context: ({ input }: { input: object }) => ({ ...input }),
      initial: 'opening',
      states: {
        opening: {
          invoke: {
            src: fromPromise(async () => ({ token: KEY })),
            input: { password: KEY },
            onDone: 'open',
          },
        },
        open: { type: 'final' },
      },
      output: { answer: KEY },
    });

    const actor = createActor(machine, {
      input: { apiKey: KEY, words: SPOKEN },
      inspect: feed.inspect,
    });
    const done = new Promise((resolve) => actor.subscribe({ complete: () => resolve(null) }));
    actor.start();
    await done;

    expect(told.at(-1)).toMatchObject({ snapshot: { status: 'done' } });
    expect(JSON.stringify(told)).not.toMatch(/canary/i);
  });
});
