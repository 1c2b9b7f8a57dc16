/** tenuto for RxJS. */
export { events$, fromSession, ledger$, status$, transcript$ } from './rxjs/streams.ts';
export type {
  LedgerStreamOptions,
  SessionStreams,
  TranscriptStreamOptions,
} from './rxjs/streams.ts';
