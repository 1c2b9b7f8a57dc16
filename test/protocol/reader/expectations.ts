/** What a client still has to do in a conversation, and whether it does it: in order on each socket, in its time. */
import { read } from './frames.ts';
import type { Gap, Members, Read } from './frames.ts';
import type { ClientStep, Step } from '../conversations/steps.ts';

const ACK_WITHIN_MS = 1_000; // P13.3
const SLACK_MS = 60;

type Owed = ClientStep & Required<Pick<ClientStep, 'due'>>;

export class Expectations {
  readonly #steps: readonly Step[];
  /** When each step happened, or was done. */
  readonly #doneAtMs = new Map<number, number>();
  readonly #owedAcks = new Map<number, { readonly seq: number; readonly byMs: number }>();
  readonly #over = new Set<number>();
  #att = 0;
  #inst: unknown = null;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  happened(at: number, nowMs: number): void {
    this.#doneAtMs.set(at, nowMs);
    const step = this.#steps[at];
    if (step?.who === 'user' && step.does === 'comeBack') {
      this.#inst = step.holding.inst;
      this.#att = step.holding.att;
    }
  }

  /** The newest thing that the client had to do before it on the same socket. */
  anchorOf(at: number): { readonly atMs: number; readonly actualMs: number } | 'awaited' | null {
    const step = this.#steps[at]!;
    if (!('socket' in step)) return null;
    for (let before = at - 1; before >= 0; before -= 1) {
      const each = this.#steps[before]!;
      if (!isOwed(each) || each.socket !== step.socket) continue;
      const actualMs = this.#doneAtMs.get(before);
      return actualMs === undefined ? 'awaited' : { atMs: each.atMs, actualMs };
    }
    return null;
  }

  dialled(socket: number, url: string, nowMs: number): void {
    this.#did(
      nowMs,
      `dials ${url}`,
      (step) => step.does === 'dial' && step.socket === socket,
      (step) => {
        return step.does === 'dial' && step.url === url;
      },
    );
  }

  said(socket: number, bytes: Uint8Array, nowMs: number): void {
    const frame = read(bytes);
    if (frame.type === 'wrong') throw new Error(`it sends what is no frame: ${hexOf(bytes)}`);
    const owed = this.#owedAcks.get(socket);
    if ('committed' in frame && owed !== undefined && frame.committed >= owed.seq) {
      this.#owedAcks.delete(socket);
    }
    if (frame.type === 0x02 || frame.type === 0x04) return;
    const what = `says ${JSON.stringify(frame).slice(0, 300)} on socket ${socket}`;
    this.#did(
      nowMs,
      what,
      (step) => step.does === 'send' && step.socket === socket,
      (step) => {
        return step.does === 'send' && this.#isSame(step, bytes, frame);
      },
    );
  }

  closed(socket: number, nowMs: number): void {
    this.over(socket);
    const isIt = (step: Owed): boolean => step.does === 'close' && step.socket === socket;
    if (!this.#steps.some((step) => isOwed(step) && isIt(step))) return;
    this.#did(nowMs, `closes socket ${socket}`, isIt, () => true);
  }

  over(socket: number): void {
    this.#over.add(socket);
    this.#owedAcks.delete(socket);
  }

  owesAck(socket: number, seq: number, nowMs: number): void {
    if (!this.#owedAcks.has(socket))
      this.#owedAcks.set(socket, { seq, byMs: nowMs + ACK_WITHIN_MS });
  }

  /** Whatever is late is wrong. */
  check(nowMs: number): void {
    for (const [socket, { seq, byMs }] of this.#owedAcks) {
      if (nowMs > byMs) throw new Error(`it does not acknowledge ${seq} on socket ${socket}`);
    }
    this.#steps.forEach((step, at) => {
      if (!isOwed(step) || this.#doneAtMs.has(at)) return;
      const reasonMs = this.#doneAtMs.get(step.due.after);
      if (reasonMs === undefined || nowMs <= reasonMs + step.due.toMs + SLACK_MS) return;
      throw new Error(`step ${at} is not done in time: ${JSON.stringify(step).slice(0, 400)}`);
    });
  }

  isAllDone(nowMs: number): boolean {
    this.check(nowMs);
    return this.#steps.every((step, at) => !isOwed(step) || this.#doneAtMs.has(at));
  }

  #did(
    nowMs: number,
    what: string,
    isOfIts: (step: Owed) => boolean,
    isSame: (step: Owed) => boolean,
  ): void {
    const at = this.#steps.findIndex(
      (step, index) => isOwed(step) && isOfIts(step) && !this.#doneAtMs.has(index),
    );
    const step = this.#steps[at];
    if (step === undefined || !isOwed(step)) throw new Error(`it ${what}, which nobody asked for`);
    const reasonMs = this.#doneAtMs.get(step.due.after);
    const wanted = JSON.stringify(step).slice(0, 400);
    if (reasonMs === undefined) throw new Error(`it ${what} before its time: ${wanted}`);
    if (!isSame(step)) throw new Error(`it ${what}, and not step ${at}: ${wanted}`);
    if (nowMs < reasonMs + step.due.fromMs - SLACK_MS)
      throw new Error(`it ${what} too soon: ${wanted}`);
    this.#doneAtMs.set(at, nowMs);
  }

  #isSame(step: Extract<Owed, { readonly does: 'send' }>, bytes: Uint8Array, frame: Read): boolean {
    const { hex, payload } = step;
    const wanted =
      hex + (payload === undefined ? '' : hexOf(new Uint8Array(payload.times).fill(payload.byte)));
    if (hexOf(bytes) === wanted) return true;
    const should = step.frame as Members;
    switch (frame.type) {
      case 0x03:
        return isSameGap(frame, should);
      case 0x05:
        return ['nonce', 'epoch', 'received', 'echoMs'].every(
          (name) => (frame as unknown as Members)[name] === should[name],
        );
      case 0x40:
        return this.#isHello(frame.members, should);
      default:
        return (
          'members' in frame && isSameMembers(frame.members, should, Object.keys(frame.members))
        );
    }
  }

  /** What is the client's own choice is looked at for itself. */
  #isHello(hello: Members, should: Members): boolean {
    const { att, inst, acked } = hello;
    this.#inst ??= inst;
    const isNewer = Number(att) > this.#att;
    this.#att = Number(att);
    const names = ['v', 'mode', 'auth', 'sid', 'resume', 'epoch', 'next', 'rcv', 'fin', 'audio'];
    const isTheirs = /^[A-Za-z0-9_-]{1,64}$/.test(String(inst)) && inst === this.#inst;
    return (
      isTheirs &&
      isNewer &&
      Number(acked) <= Number(should['acked']) &&
      isSameMembers(hello, should, names)
    );
  }
}

/** Times of what was lost are as a client has them. */
function isSameGap(gap: Gap, should: Members): boolean {
  const names = ['channel', 'epoch', 'fromSeq', 'toSeq', 'position', 'samplesLost'];
  return (
    isSameMembers(gap as unknown as Members, should, names) &&
    gap.fromMs <= gap.toMs &&
    gap.cause === 1
  );
}

function isSameMembers(one: Members, other: Members, names: readonly string[]): boolean {
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

function isOwed(step: Step): step is Step & Owed {
  return step.who === 'client' && step.due !== undefined;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
