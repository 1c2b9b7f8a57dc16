/** Plays everybody but the client of a conversation, by the words of docs/other-clients.md, and tells what the client does wrong. */
import { ReaderClient } from './client.ts';
import { Expectations } from './expectations.ts';
import { ackOf, read, signOf } from './frames.ts';
import type { Ends, Wire, World } from './world.ts';
import type { Conversation, Standing, Step, Told } from '../conversations/steps.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const STEP_MS = 5;
const LATENCY_MS = 20;
/** No conversation lasts longer. */
const LONGEST_MS = 200_000;

interface Line {
  readonly ends: Ends;
  isOver: boolean;
  isSilent: boolean;
  committed: number;
  maxSeq: number;
  lastSent: number;
  epoch: number;
}

type Others = Exclude<Step, { readonly who: 'client' }>;

export class Player {
  readonly #conversation: Conversation;
  readonly #clock = new VirtualClock();
  readonly #expected: Expectations;
  readonly #lines: Line[] = [];
  readonly #told: object[] = [];
  readonly #make: (world: World, conversation: Conversation) => ReaderClient;
  #client: ReaderClient;
  /** A process that ended hears nothing, and does nothing. */
  #life = 0;
  #isShut = false;
  #bearers = 0;
  #chance = 0.37;
  #holds: Standing | null = null;

  /** @param make the client, which may be one that is wrong. */
  constructor(
    conversation: Conversation,
    make = (world: World, { client }: Conversation) => new ReaderClient(world, client),
  ) {
    this.#conversation = conversation;
    this.#make = make;
    this.#expected = new Expectations(conversation.steps);
    this.#client = make(this.#world(), conversation);
  }

  /** @throws Error that says which step it did not keep. */
  run(): void {
    let before = { atMs: 0, actualMs: 0 };
    this.#conversation.steps.forEach((step, at) => {
      if (step.who === 'client') {
        this.#holds = step.holds ?? this.#holds;
        return;
      }
      const due = (): boolean => {
        const anchor = this.#expected.anchorOf(at);
        if (anchor === 'awaited') return false;
        const nowMs = this.#clock.nowMs();
        const sinceMs = anchor === null ? -Infinity : anchor.actualMs + step.atMs - anchor.atMs;
        return nowMs >= sinceMs && nowMs >= before.actualMs + step.atMs - before.atMs;
      };
      this.#passUntil(due);
      this.#checkStanding(at);
      before = { atMs: step.atMs, actualMs: this.#clock.nowMs() };
      this.#expected.happened(at, this.#clock.nowMs());
      before = this.#do(step) ?? before;
      if (step.holds !== undefined) this.#holds = step.holds;
    });
    this.#passUntil(() => this.#expected.isAllDone(this.#clock.nowMs()));
    this.#pass(1_500);
    this.#checkStanding(this.#conversation.steps.length);
    this.#checkTold();
  }

  #passUntil(isDue: () => boolean): void {
    while (!isDue()) this.#pass(STEP_MS);
  }

  #pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.#clock.advance(STEP_MS);
      this.#expected.check(this.#clock.nowMs());
    }
    if (this.#clock.nowMs() > LONGEST_MS) throw new Error('the conversation has no end');
  }

  /** @returns when it ended, where it takes time. */
  #do(step: Others): { atMs: number; actualMs: number } | null {
    if (step.who === 'user') return this.#ask(step);
    if (!('socket' in step)) {
      this.#isShut = step.does === 'shut';
      return null;
    }
    const line = this.#lines[step.socket - 1];
    if (line === undefined) throw new Error(`socket ${step.socket} was not dialled`);
    if (step.does === 'silence') line.isSilent = true;
    if (line.isOver) return null;
    if (step.does === 'open') line.ends.onOpen();
    else if (step.does === 'lose') this.#end(step.socket, 1006);
    else if (step.does === 'close') this.#end(step.socket, step.code);
    else if (step.does === 'send') this.#say(line, step);
    return null;
  }

  #ask(step: Extract<Step, { who: 'user' }>): { atMs: number; actualMs: number } | null {
    switch (step.does) {
      case 'connect':
        this.#client.connect();
        return null;
      case 'finish':
        this.#client.finish();
        return null;
      case 'die':
        this.#life += 1;
        this.#holds = null;
        for (const line of this.#lines) line.isOver = true;
        return null;
      case 'comeBack':
        this.#client = this.#make(this.#world(), this.#conversation);
        this.#client.comeBack(step.holding);
        return null;
      case 'speak': {
        const { chunks, everyMs, payload, capturedAtMs } = step;
        for (let chunk = 0; chunk < chunks; chunk += 1) {
          if (chunk > 0) this.#pass(everyMs);
          const bytes = new Uint8Array(payload.times).fill((payload.byte + chunk) & 0xff);
          this.#client.speak(bytes, capturedAtMs + chunk * everyMs);
        }
        const atMs = step.atMs + (chunks - 1) * everyMs;
        return { atMs, actualMs: this.#clock.nowMs() };
      }
    }
  }

  /** A PONG for a PING that this client may not have sent is said as ACK: it acknowledges alike (P7.3). */
  #say(line: Line, step: Extract<Others, { readonly does: 'send' }>): void {
    const bytes = Uint8Array.from(Buffer.from(step.hex, 'hex'));
    const frame = read(bytes);
    if (frame.type === 0x41) {
      const { up, maxSeq, epoch } = frame.members;
      Object.assign(line, { committed: up, maxSeq, epoch });
    }
    if ('committed' in frame)
      Object.assign(line, { committed: frame.committed, maxSeq: frame.maxSeq });
    if (frame.type === 0x01) {
      line.lastSent = Math.max(line.lastSent, frame.seq);
      this.#expected.owesAck(step.socket, frame.seq, this.#clock.nowMs());
    }
    if (step.isAnswer !== true) line.ends.onFrame(bytes);
    else if ('epoch' in frame) {
      const ack = ackOf(frame.epoch, line.committed);
      new DataView(ack.buffer).setUint32(12, line.maxSeq, true);
      line.ends.onFrame(ack);
    }
  }

  #end(socket: number, code: number): void {
    const line = this.#lines[socket - 1]!;
    line.isOver = true;
    this.#expected.over(socket);
    line.ends.onEnd(code);
  }

  #world(): World {
    const life = this.#life;
    const living = (callback: () => void) => () => {
      if (life === this.#life) callback();
    };
    const { bearers } = this.#conversation.client;
    return {
      nowMs: () => this.#clock.nowMs(),
      after: (ms, callback) => void this.#clock.setTimeout(living(callback), ms),
      chance: () => (this.#chance = (this.#chance * 7.31 + 0.173) % 1),
      dial: (url, ends) => (this.#isShut ? this.#refuse(ends) : this.#dial(url, ends)),
      bearer: () => bearers[Math.min(this.#bearers++, bearers.length - 1)]!,
      tell: (told) => this.#told.push(told),
    };
  }

  #refuse(ends: Ends): Wire {
    this.#clock.setTimeout(() => ends.onEnd(1006), LATENCY_MS);
    return { send: () => undefined, close: () => undefined };
  }

  #dial(url: string, ends: Ends): Wire {
    const facts = { committed: 0, maxSeq: 0, lastSent: 0, epoch: 0 };
    const line: Line = { ends, isOver: false, isSilent: false, ...facts };
    this.#lines.push(line);
    const socket = this.#lines.length;
    this.#expected.dialled(socket, url, this.#clock.nowMs());
    return {
      send: (bytes) => {
        if (line.isOver) return;
        this.#expected.said(socket, bytes, this.#clock.nowMs());
        const frame = read(bytes);
        if (frame.type === 0x04 && !line.isSilent) this.#answer(line, frame.nonce, frame.sentAtMs);
      },
      close: () => {
        line.isOver = true;
        this.#expected.closed(socket, this.#clock.nowMs());
      },
    };
  }

  #answer(line: Line, nonce: number, echoMs: number): void {
    this.#clock.setTimeout(() => {
      if (line.isOver || line.isSilent) return;
      const { committed, maxSeq, lastSent, epoch } = line;
      const numbers = { lastSent, received: committed, committed, maxSeq };
      line.ends.onFrame(signOf({ type: 0x05, nonce, epoch, ...numbers, sentAtMs: 0, echoMs }));
    }, 2 * LATENCY_MS);
  }

  #checkStanding(at: number): void {
    const holds = this.#holds;
    if (holds === null) return;
    this.#holds = null;
    const told = JSON.stringify(this.#client.standing);
    if (told !== JSON.stringify(holds)) {
      throw new Error(`before step ${at} it holds ${told}, and not ${JSON.stringify(holds)}`);
    }
  }

  #checkTold(): void {
    const wanted = this.#conversation.steps.flatMap(({ tells = [] }) => tells);
    const [told, should] = [told1(this.#told as Told[]), told1(wanted)].map((each) =>
      JSON.stringify(each),
    );
    if (told !== should) throw new Error(`its user is told ${told}, and not ${should}`);
  }
}

/** By kind, and neighbouring gaps as one: whether a gap is told before a final or after it does not matter. */
function told1(tells: readonly Told[]): Readonly<Record<string, readonly string[]>> {
  const kinds: Record<string, string[]> = {};
  for (const { tell, ...rest } of tells)
    if (tell !== 'gap') (kinds[tell] ??= []).push(JSON.stringify(rest));
  const gaps = tells
    .filter((each) => each.tell === 'gap')
    .sort((one, other) => one.from - other.from);
  const joined: [number, number][] = [];
  for (const { from, to } of gaps) {
    const before = joined.at(-1);
    if (before?.[1] === from) before[1] = to;
    else joined.push([from, to]);
  }
  kinds['gap'] = joined.map(String);
  return Object.fromEntries(Object.entries(kinds).sort());
}
