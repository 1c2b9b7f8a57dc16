/** What an outage cost: read from the ledger when it began, and again when it is over. */
import type { Demux } from './demux.ts';
import type { ReplayResult } from '../../machines/connection.types.ts';
import type { Uplink } from '../audio/uplink.ts';

export class Books {
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #before: ReplayResult;

  constructor(uplink: Uplink, demux: Demux) {
    this.#uplink = uplink;
    this.#demux = demux;
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
      audioReplayedMs: this.#uplink.msOf(ledger.replayedBytes),
      audioLostMs: this.#uplink.msOf(ledger.bytes().gap),
      duplicatesDropped: this.#demux.duplicates,
    };
  }
}
