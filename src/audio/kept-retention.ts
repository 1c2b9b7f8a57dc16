/**
 * Retention for whoever keeps audio, and may lose what it had: what is settled is kept as well, as long as there is room, and what
 * left the ring is in doubt until it says what it has.
 */
import type { EvictedChunk } from './evicted-queue.ts';
import type { GapReason } from './ledger.ts';
import { Retention } from './retention.ts';
import type { Stretch } from './retention.ts';

export class KeptRetention extends Retention {
  override readonly keepsSettled = true;
  #doubts: Stretch[] = [];
  #told: readonly Stretch[] = [];

  override get doubts(): readonly Stretch[] {
    return this.#doubts;
  }

  override get told(): readonly Stretch[] {
    return this.#told;
  }

  override recall(doubts: readonly Stretch[], told: readonly Stretch[]): void {
    this.#doubts = [...doubts];
    this.#told = told;
  }

  /** What is still held is to be sent again; the rest will never arrive, and is a gap, but for what is one already. */
  override reopen(position: number): void {
    const { ring, ledger } = this;
    const before = this.unsettledSeq;
    const heldFrom = Math.max(position, ring.startPosition, this.#told.at(-1)?.to ?? 0);
    const seq = ring.seqBeyond(heldFrom);
    const chunkBytes = ring.lengthOf(Math.min(seq, ring.nextSeq - 1));
    for (const { from, to } of this.#deliveredWithin(position, heldFrom)) {
      const chunks = Math.max(1, Math.round((to - from) / chunkBytes));
      ledger.lose(to - from, chunks);
      this.note(from, to, chunks, 'storeLoss');
    }
    ledger.takeBack(heldFrom, before - seq);
    this.resume();
  }

  /** What lies there and was never told as a gap. */
  #deliveredWithin(from: number, to: number): readonly Stretch[] {
    const delivered: Stretch[] = [];
    let at = from;
    for (const gap of this.#told) {
      if (gap.from > at && at < to) delivered.push({ from: at, to: Math.min(gap.from, to) });
      at = Math.max(at, gap.to);
    }
    if (at < to) delivered.push({ from: at, to });
    return delivered;
  }

  /** It may have it, though, and says so to the next connection: until then that is told neither as delivered nor as a gap. */
  protected override giveUp(chunk: EvictedChunk): void {
    if (!chunk.wasSent) {
      super.giveUp(chunk);
      return;
    }
    const { through } = chunk;
    this.#doubts.push({ from: this.ledger.settledThrough, to: through });
    this.ledger.doubt(through);
  }

  override dispelDoubt(position: number): void {
    const doubts = this.#doubts;
    if (doubts.length === 0) return;
    this.#doubts = [];
    const lost = doubts.filter(({ to }) => to > position);
    const deliveredBytes = doubts.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, position) - from),
      0,
    );
    this.ledger.dispelDoubt(deliveredBytes, doubts.length - lost.length);
    for (const { from, to } of lost) this.note(Math.max(from, position), to, 1, 'ringOverflow');
  }

  protected override note(from: number, to: number, chunks: number, reason: GapReason): void {
    if (to !== from) this.#told = joined(this.#told, { from, to });
    super.note(from, to, chunks, reason);
  }
}

/** In order and apart, as before; gaps do not overlap. */
function joined(gaps: readonly Stretch[], gap: Stretch): readonly Stretch[] {
  const before = gaps.filter(({ to }) => to < gap.from);
  const after = gaps.filter(({ from }) => from > gap.to);
  const touching = gaps.slice(before.length, gaps.length - after.length);
  const from = Math.min(gap.from, touching[0]?.from ?? gap.from);
  const to = Math.max(gap.to, touching.at(-1)?.to ?? gap.to);
  return [...before, { from, to }, ...after];
}
