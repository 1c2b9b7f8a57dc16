/** What an outage cost: read from the ledger when it began, and again when it is over. */
import type { Demux } from './demux.ts';
import type { ReplayResult } from '../../machines/connection.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { AudioFormat } from '../ports/audio-format.ts';

export class Books {
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #bytesPerMs: number;
  readonly #before: ReplayResult;

  constructor(uplink: Uplink, demux: Demux, { sampleRateHz }: AudioFormat) {
    this.#uplink = uplink;
    this.#demux = demux;
    this.#bytesPerMs = (sampleRateHz * BYTES_PER_SAMPLE) / 1_000;
    this.#before = this.#now();
  }

  /** What has come to pass since. */
  read(): ReplayResult {
    const now = this.#now();
    const before = this.#before;
    return {
      replayedChunks: now.replayedChunks - before.replayedChunks,
      audioReplayedMs: now.audioReplayedMs - before.audioReplayedMs,
      audioLostMs: now.audioLostMs - before.audioLostMs,
      duplicatesDropped: now.duplicatesDropped - before.duplicatesDropped,
    };
  }

  #now(): ReplayResult {
    const { ledger } = this.#uplink;
    return {
      replayedChunks: ledger.replayedChunks,
      audioReplayedMs: ledger.replayedBytes / this.#bytesPerMs,
      audioLostMs: ledger.bytes().gap / this.#bytesPerMs,
      duplicatesDropped: this.#demux.duplicates,
    };
  }
}
