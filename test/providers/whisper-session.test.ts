/** A session over posts that fail: every sample is told once or is a gap, and a slow answer is no dead link. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { audioOf, loudnessVad } from './whisper-world.ts';
import { expectBalanced } from '../support/expect-quiet.ts';
import type { HttpHandlers, HttpRequest } from '../../src/ports/http.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

type Verdict = number | 'broken' | 'silent';

const CHUNK_BYTES = 640; // 20 ms

/** Answers each post after a while with the letter that its audio stands for. */
class PostWorld {
  readonly clock = new VirtualClock(1_000);
  readonly events: SessionEvent[] = [];
  readonly keys: string[] = [];
  readonly session: Session;
  latencyMs = 300;
  /** What becomes of the nth post, counted from 1. */
  verdictOf: (post: number) => Verdict = () => 200;

  constructor() {
    const { clock } = this;
    const transport = {
      dial: (): never => {
        throw new Error('nobody dials a socket here');
      },
      http: {
        send: (request: HttpRequest, handlers: HttpHandlers) => this.#post(request, handlers),
      },
    };
    this.session = openSession({
      candidates: [whisper({ vad: loudnessVad, random: { unit: () => 0.5 }, probePath: null })],
      transport,
      clock,
      admission: createAdmission(),
      random: { unit: () => 0.5 },
    });
    this.session.on('*', (event) => this.events.push(event));
    onTestFinished(() => void this.session.close({ drainTimeoutMs: 0 }));
  }

  async connected(): Promise<this> {
    const connecting = this.session.connect();
    await this.clock.advanceAsync(10);
    await connecting;
    return this;
  }

  async speak(pattern: string): Promise<void> {
    const audio = audioOf(pattern);
    for (let at = 0; at < audio.length; at += CHUNK_BYTES) {
      this.session.write(audio.subarray(at, at + CHUNK_BYTES));
      await this.clock.advanceAsync(20);
    }
  }

  async drained(): Promise<boolean> {
    const drain = this.session.drain();
    await this.clock.advanceAsync(60_000);
    return drain;
  }

  eventsOf<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  get text(): string {
    const finals = this.eventsOf('transcript').filter(({ isFinal }) => isFinal);
    return finals.map(({ text }) => text).join('');
  }

  #post(request: HttpRequest, handlers: HttpHandlers): { cancel(): void } {
    const verdict = this.verdictOf(this.keys.push(request.headers?.['idempotency-key'] ?? ''));
    const letter = letterIn(Buffer.from(request.body as Uint8Array));
    const waitMs = verdict === 'silent' ? request.timeoutMs : this.latencyMs;
    const timer = this.clock.setTimeout(() => {
      if (typeof verdict === 'string') {
        handlers.onEnd({ kind: 'failed', reason: '', errorCode: 'ECONNRESET' });
        return;
      }
      handlers.onHead(verdict, {});
      const said = verdict === 200 ? { text: letter } : { error: { message: 'No.' } };
      handlers.onData(Buffer.from(JSON.stringify(said)));
      handlers.onEnd({ kind: 'complete', reason: '' });
    }, waitMs);
    return { cancel: () => this.clock.clearTimeout(timer) };
  }
}

/** The letter with which `audioOf` made this audio. */
function letterIn(form: Buffer): string {
  const wav = form.indexOf('RIFF');
  let loudest = 0;
  for (let at = 0; at < form.readUInt32LE(wav + 40); at += 2) {
    loudest = Math.max(loudest, form.readInt16LE(wav + 44 + at));
  }
  return String.fromCharCode((loudest - 4_000) / 50);
}

const SPEECH = 'aaaaa.......bbbbb.......ccccc........ddddd......';

describe('a session over posts', () => {
  it('tells every utterance and lets all of its audio go', async () => {
    const world = await new PostWorld().connected();

    await world.speak(SPEECH);
    const drained = await world.drained();

    expect(drained).toBe(true);
    expect(world.text).toBe('abcd');
    expect(world.keys).toHaveLength(4);
    expect(world.session.ledger).toMatchObject({ bufferedMs: 0, gapMs: 0 });
    expectBalanced(world.session);
  });

  it.each<readonly [string, (post: number) => Verdict]>([
    ['the first breaks', (post) => (post === 1 ? 'broken' : 200)],
    ['one in the middle is a 503', (post) => (post === 2 ? 503 : 200)],
    ['two in a row break', (post) => (post === 2 || post === 3 ? 'broken' : 200)],
    ['every second one breaks', (post) => (post % 2 === 1 && post < 7 ? 'broken' : 200)],
  ])('tells every utterance once where %s', async (_name, verdictOf) => {
    const world = new PostWorld();
    world.verdictOf = verdictOf;
    await world.connected();

    await world.speak(SPEECH);
    const drained = await world.drained();

    expect(drained).toBe(true);
    expect(world.text).toBe('abcd');
    expect(new Set(world.keys).size).toBe(4); // what was posted again carried the key that it had
    expect(world.keys.length).toBeGreaterThan(4);
    expect(world.session.ledger).toMatchObject({ bufferedMs: 0, gapMs: 0 });
    expectBalanced(world.session);
  });

  it('has a gap where the service refuses a clip, warns of it, and goes on', async () => {
    const world = new PostWorld();
    world.verdictOf = (post) => (post === 2 ? 400 : 200);
    await world.connected();

    await world.speak(SPEECH);
    const drained = await world.drained();

    expect(drained).toBe(true);
    expect(world.text).toBe('acd');
    expect(world.eventsOf('warning')).toHaveLength(1);
    expect(world.eventsOf('gap')).toMatchObject([{ fromMs: 1_000, reason: 'providerSkipped' }]);
    expect(world.session.ledger.gapMs).toBeGreaterThan(500);
    expect(world.eventsOf('connection.reconnecting')).toEqual([]);
    expectBalanced(world.session);
  });

  it('takes an answer that takes 25 s for what it is', async () => {
    const world = new PostWorld();
    world.latencyMs = 25_000;
    await world.connected();

    await world.speak('aaaaa.......');
    await world.clock.advanceAsync(26_000);

    expect(world.text).toBe('a');
    expect(world.eventsOf('connection.reconnecting')).toEqual([]);
    expect(world.keys).toHaveLength(1);
  });

  it('stays as it is while nobody speaks for minutes', async () => {
    const world = await new PostWorld().connected();

    await world.speak('.'.repeat(1_800));

    expect(world.eventsOf('connection.reconnecting')).toEqual([]);
    expect(world.session.ledger.bufferedMs).toBeLessThan(6_000);
    expect(world.keys).toEqual([]);
  });

  it('gives a service up that never answers, after as many attempts as any other', async () => {
    const world = new PostWorld();
    world.verdictOf = () => 'silent';
    await world.connected();

    await world.speak('a'.repeat(30) + '.......');
    await world.clock.advanceAsync(600_000);

    expect(world.eventsOf('connection.failed')).toHaveLength(1);
    expect(world.keys).toHaveLength(6);
    expect(new Set(world.keys).size).toBe(1);
    expect(world.session.ledger.bufferedMs).toBeGreaterThan(0);
  });
});
