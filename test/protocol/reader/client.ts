/**
 * A client of tenuto.v1, written by the words of PROTOCOL.md alone: nothing here comes from the product. It shows that they
 * suffice. What it does not need it has not: it has one microphone, PCM, and JSON events.
 */
import { Addresses } from './addresses.ts';
import { Attachment } from './attachment.ts';
import { backoffMs, nextAfter, waitMs } from './closes.ts';
import { controlOf, dataOf, gapOf } from './frames.ts';
import type { Members } from './frames.ts';
import { helloOf } from './hello.ts';
import type { Claim } from './hello.ts';
import { Ring } from './ring.ts';
import type { Settings, World } from './world.ts';
import type { Holding, Standing } from '../conversations/steps.ts';

const TICK_MS = 10;
const IN_FLIGHT_BYTES = 524_288;
const RETRANSMISSION = 4;
const RING_OVERFLOW = 1;
const MICROPHONE = 1;

export class ReaderClient {
  readonly world: World;
  readonly ring: Ring;
  readonly #settings: Settings;
  received = 0;
  #acked = 0;
  #epoch = 0;
  #fin = 0;
  #att = 0;
  #inst: string;
  #claim: Claim | null = null;
  #bearer: string | null = null;
  readonly #addresses: Addresses;
  /** The socket that carries, and the one that was dialled beside it. */
  #current: Attachment | null = null;
  #second: Attachment | null = null;
  #secondIs: 'move' | 'hedge' = 'move';
  #askedFin = 0;
  /** The next to be sent, of what the ring holds. */
  #cursor = 0;
  #isFinishing = false;
  #saidFin: number | null = null;
  #isDone = false;
  /** 4403, since a session was last taken up again. */
  #lostSessions = 0;
  #lostAtMs: number | null = null;
  #dials = 0;

  constructor(world: World, settings: Settings) {
    this.world = world;
    this.#settings = settings;
    this.#addresses = new Addresses(settings);
    this.ring = new Ring((settings.ringMs / 1_000) * settings.sampleRateHz);
    this.#inst = Array.from({ length: 32 }, () =>
      Math.floor(world.chance() * 16).toString(16),
    ).join('');
  }

  get standing(): Standing {
    const { received } = this;
    return {
      epoch: this.#epoch,
      acked: this.#acked,
      next: this.ring.next,
      received,
      fin: this.#fin,
    };
  }

  connect(): void {
    this.#bearer = this.world.bearer();
    this.#current = new Attachment(this, this.#addresses.first);
    this.#tick();
  }

  /** Another process left this: P12.12. */
  comeBack({
    sid,
    resume,
    lin,
    inst,
    att,
    epoch,
    acked,
    received,
    fin,
    next,
    chunks,
  }: Holding): void {
    this.#claim = { sid, resume, lin };
    this.#inst = inst;
    this.#att = att + 1_000;
    Object.assign(this, { received });
    [this.#epoch, this.#acked, this.#fin] = [epoch, acked, fin];
    this.ring.items = chunks.map(({ seq, position, capturedAtMs, payload: { byte, times } }) => {
      const payload = new Uint8Array(times).fill(byte);
      const samples = times / 2;
      return { seq, toSeq: seq, position, samples, capturedAtMs, payload, isTold: false };
    });
    const newest = this.ring.items.at(-1);
    this.ring.next = next;
    this.ring.end = newest === undefined ? fin : newest.position + newest.samples;
    this.connect();
  }

  /** @param capturedAtMs since the first chunk. */
  speak(payload: Uint8Array, capturedAtMs: number): void {
    const before = this.ring.items[this.#cursor];
    this.ring.add(payload, capturedAtMs, this.#acked);
    const at = before === undefined ? -1 : this.ring.items.indexOf(before);
    this.#cursor = at >= 0 ? at : this.ring.after(this.#current?.sent ?? this.#acked);
    this.#pump();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#pump();
  }

  opened(attachment: Attachment): void {
    const isHedge = attachment === this.#second && this.#secondIs === 'hedge';
    if (!isHedge) this.#sayHello(attachment);
    else {
      const silentSinceMs = this.#current?.signs.heardAtMs;
      this.world.after(10, () => {
        if (this.#second !== attachment || attachment.isOver) return;
        if (this.#current?.signs.heardAtMs === silentSinceMs) this.#sayHello(attachment);
        else this.#drop(attachment); // the old one speaks
      });
    }
  }

  welcomed(attachment: Attachment, members: Members): void {
    const { epoch, sid, resume, lin, resumed, up, position } = members;
    if ((epoch as number) <= this.#epoch) {
      attachment.close(4409);
      this.ended(attachment, 1006); // P12.9
      return;
    }
    if (attachment === this.#second) {
      this.#current?.close(1000);
      [this.#current, this.#second] = [attachment, null];
    }
    if (resumed !== true || lin !== this.#claim?.lin) this.received = 0;
    this.#claim = { sid: sid as string, resume: resume as string, lin: lin as string };
    this.#epoch = epoch as number;
    this.#acked = up as number;
    if (resumed === true) {
      this.#lostSessions = 0;
      if (typeof position === 'number') this.ring.learn(this.#acked, position);
    } else this.ring.renumber(this.#askedFin);
    [this.#lostAtMs, this.#dials] = [null, 0];
    attachment.welcomed(members);
    this.#cursor = this.ring.after(this.#acked);
    this.#saidFin = null;
    this.world.tell({ tell: 'attached', resumed });
    this.#pump();
  }

  refused(attachment: Attachment, { code, why, retryAfterMs, up, lastSeq, to }: Members): void {
    attachment.isOver = true;
    const isFinished =
      code === 4411 &&
      this.#isFinishing &&
      lastSeq !== undefined &&
      this.ring.next - 1 <= Number(up);
    if (isFinished && Number(lastSeq) <= this.received) this.#finish();
    else this.#after(attachment, code as number, { why, retryAfterMs, to });
  }

  ended(attachment: Attachment, code: number): void {
    this.#after(attachment, code, {});
  }

  acknowledged(through: number): void {
    this.#acked = Math.max(this.#acked, through);
    this.#pump();
  }

  event(event: Members | null): void {
    if (event?.['type'] !== 'final' || Number(event['to']) <= this.#fin) return;
    const { from, to, text } = event;
    this.#fin = Number(to);
    this.world.tell({ tell: 'final', from, to, text });
  }

  /** P17.2: nobody speaks here while it waits. */
  sentAway({ deadlineMs, to }: Members): void {
    const old = this.#current;
    this.world.after((Number(deadlineMs) / 2) * this.world.chance(), () => {
      if (this.#current !== old || this.#isDone) return;
      this.#sentTo(to);
      this.#dialBeside('move');
    });
  }

  /** P12.11. */
  bearerEnds(attachment: Attachment, { expiresInMs }: Members): void {
    if (typeof expiresInMs !== 'number' || !this.#settings.mayRenew) return;
    this.world.after(Math.max(expiresInMs - 60_000, expiresInMs / 2), () => {
      if (attachment.isOver || this.#isDone) return;
      this.#bearer = this.world.bearer();
      attachment.send(controlOf(0x44, { auth: this.#bearer }));
    });
  }

  finished(attachment: Attachment, _members: Members): void {
    attachment.close(1000);
    this.#finish();
  }

  #sayHello(attachment: Attachment): void {
    if (attachment.hasSaidHello) return;
    attachment.hasSaidHello = true;
    this.#att += 1;
    this.#askedFin = this.#fin;
    const { standing } = this;
    const { sampleRateHz } = this.#settings;
    const facts = { auth: this.#bearer, inst: this.#inst, att: this.#att, sampleRateHz };
    attachment.send(helloOf(this.#claim, standing, facts));
  }

  /** As far as credit goes: P13.4. */
  #pump(): void {
    const attachment = this.#current;
    if (attachment === null || attachment.epoch === 0 || attachment.isOver) return;
    for (; this.#cursor < this.ring.items.length; this.#cursor += 1) {
      const item = this.ring.items[this.#cursor]!;
      const isLost = item.payload === null;
      const mayGo =
        (item.seq ?? this.ring.next) <= attachment.maxSeq && this.#inFlight < IN_FLIGHT_BYTES;
      if (!isLost && !mayGo) return;
      this.#sendItem(attachment, item);
    }
    if (!this.#isFinishing || this.#saidFin !== null) return;
    this.#saidFin = attachment.sent;
    attachment.send(controlOf(0x46, { lastSeq: attachment.sent }));
  }

  #sendItem(attachment: Attachment, item: Ring['items'][number]): void {
    const wasSent = item.seq !== null;
    const seq = this.ring.numbered(item);
    const { position, capturedAtMs, payload, samples: samplesLost } = item;
    const common = { channel: MICROPHONE, epoch: attachment.epoch, position };
    attachment.sent = item.toSeq ?? seq;
    if (payload === null) {
      // P14.4: what was sent before it was let go of may have got through, and only `up` tells
      if (!item.isTold)
        this.world.tell({ tell: 'gap', from: position, to: position + samplesLost });
      item.isTold = true;
      const times = { fromMs: capturedAtMs, toMs: capturedAtMs };
      const numbers = { fromSeq: seq, toSeq: attachment.sent };
      attachment.send(
        gapOf({ ...common, ...numbers, ...times, samplesLost, cause: RING_OVERFLOW }),
      );
    } else {
      const flags = wasSent ? RETRANSMISSION : 0;
      attachment.send(dataOf({ ...common, flags, codec: 0, seq, capturedAtMs, payload }));
      attachment.signs.audio(this.world.nowMs());
    }
  }

  get #inFlight(): number {
    return this.ring.items
      .slice(this.ring.after(this.#acked), this.#cursor)
      .reduce((sum, { payload }) => sum + 24 + (payload?.length ?? 0), 0);
  }

  #after(attachment: Attachment, code: number, facts: Members): void {
    if (this.#isDone) return;
    if (attachment === this.#second) {
      this.#second = null;
      return;
    }
    if (attachment !== this.#current) return;
    const next = nextAfter(code, facts['why']);
    if (next === 'giveUp') {
      this.#isDone = true;
      this.world.tell({ tell: 'ended', code: String(code) });
      return;
    }
    if (this.#lostAtMs === null) this.world.tell({ tell: 'interrupted' });
    this.#lostAtMs ??= this.world.nowMs();
    if (next === 'newSession') this.#claim = null;
    if (code === 4403 && (this.#lostSessions += 1) > 1) this.world.tell({ tell: 'warning' });
    if (next === 'refresh') this.#bearer = this.world.bearer();
    if (next === 'move') this.#sentTo(facts['to']);
    this.#dialIn(this.#delayMs(next, facts['retryAfterMs']));
  }

  #sentTo(to: unknown): void {
    if (this.#addresses.sentTo(to)) this.world.tell({ tell: 'warning' });
  }

  #delayMs(next: string, retryAfterMs: unknown): number {
    const { world } = this;
    if (next === 'wait') return waitMs(retryAfterMs, world.chance());
    if (next !== 'backoff' && next !== 'nothing') return 0;
    return backoffMs(this.#dials, world.nowMs() - (this.#lostAtMs ?? 0), world.chance());
  }

  #dialIn(ms: number): void {
    this.#dials += 1;
    this.world.after(ms, () => {
      if (!this.#isDone) this.#current = new Attachment(this, this.#addresses.first);
    });
  }

  #dialBeside(why: 'move' | 'hedge'): void {
    this.#secondIs = why;
    this.#second = new Attachment(this, this.#addresses.first);
  }

  #drop(attachment: Attachment): void {
    attachment.close(1000);
    if (this.#second === attachment) this.#second = null;
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.world.tell({ tell: 'finished' });
  }

  /** P15. */
  #tick(): void {
    if (this.#isDone) return;
    const attachment = this.#current;
    const nowMs = this.world.nowMs();
    if (attachment !== null && attachment.epoch > 0 && !attachment.isOver) {
      if (attachment.signs.isToAsk(nowMs)) attachment.ask();
      if (attachment.signs.isSuspect(nowMs) && this.#second === null) this.#dialBeside('hedge');
      if (attachment.signs.isDead(nowMs)) {
        attachment.close(1006);
        this.ended(attachment, 1006);
      }
    }
    this.world.after(TICK_MS, () => this.#tick());
  }
}
