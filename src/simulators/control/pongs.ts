/** Pongs that take their time, for as long as they are told to: the same for every stand-in with sockets. */
import type { WebSocket } from 'ws';
import { timeMs } from './parameters.ts';
import { rowsOf } from './table.ts';
import type { FaultRow } from './table.ts';
import type { Clock } from '../../ports/clock.ts';
import { slowPongs } from '../server/slow-pongs.ts';

export class PongPace {
  /** Of each pong, from now on. */
  delayMs: number;
  readonly #clock: Clock;

  constructor(delayMs: number, clock: Clock) {
    this.delayMs = delayMs;
    this.#clock = clock;
  }

  take(socket: WebSocket): void {
    slowPongs(socket, () => this.delayMs, this.#clock);
  }
}

export const SLOW_PONGS: FaultRow<{ readonly pongs: PongPace }> = rowsOf<{
  readonly pongs: PongPace;
}>()({
  name: 'slow-pongs',
  what: 'pings are answered late, on every socket; 0 ends it',
  befalls: 'lasting',
  parameters: { delayMs: timeMs('how late', 8_000) },
  told: ({ delayMs }) => `pongs take ${delayMs} ms`,
  strike: ({ pongs }, { delayMs }) => {
    pongs.delayMs = delayMs;
    return 0;
  },
});
