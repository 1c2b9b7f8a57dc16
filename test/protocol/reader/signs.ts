/** When a client asks for a sign of life, and when it suspects that none will come: P15. */

const IDLE_PING_MS = 5_000;
const FLOWING_QUIET_MS = 190;
const DEAD_MS = 20_000;

export class Signs {
  heardAtMs: number;
  sentAtMs: number;
  #audioAtMs = -Infinity;
  /** The oldest PING that nobody answered. */
  #askedAtMs: number | null = null;
  #srtt = 0;
  #rttvar = 0;
  #measured = 0;

  constructor(nowMs: number) {
    this.heardAtMs = nowMs;
    this.sentAtMs = nowMs;
  }

  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
  }

  audio(nowMs: number): void {
    this.#audioAtMs = nowMs;
    this.sentAtMs = nowMs;
  }

  asked(nowMs: number): void {
    this.#askedAtMs ??= nowMs;
    this.sentAtMs = nowMs;
  }

  /** RFC 6298, section 2. */
  answered(nowMs: number): void {
    if (this.#askedAtMs === null) return;
    const rtt = nowMs - this.#askedAtMs;
    this.#askedAtMs = null;
    this.#rttvar =
      this.#measured === 0 ? rtt / 2 : 0.75 * this.#rttvar + 0.25 * Math.abs(this.#srtt - rtt);
    this.#srtt = this.#measured === 0 ? rtt : 0.875 * this.#srtt + 0.125 * rtt;
    this.#measured += 1;
  }

  isToAsk(nowMs: number): boolean {
    if (this.#askedAtMs !== null) return false;
    const isQuiet = this.#isFlowing(nowMs) && nowMs - this.heardAtMs >= FLOWING_QUIET_MS;
    return isQuiet || nowMs - this.sentAtMs >= IDLE_PING_MS;
  }

  /** P15.4. */
  isSuspect(nowMs: number): boolean {
    if (this.#askedAtMs === null) return false;
    const silentMs = nowMs - this.heardAtMs;
    const roundTripMs = this.#measured === 0 ? 100 : this.#srtt + Math.max(4 * this.#rttvar, 50);
    if (!this.#isFlowing(nowMs)) {
      return nowMs - this.#askedAtMs >= Math.min(5_000, Math.max(1_000, 3 * (roundTripMs + 250)));
    }
    const leastMs = this.#measured < 4 ? 400 : 250;
    const silence = Math.min(1_200, Math.max(leastMs, roundTripMs + 150));
    return nowMs - this.#askedAtMs >= Math.max(100, roundTripMs) && silentMs >= silence;
  }

  /** P15.5. */
  isDead(nowMs: number): boolean {
    return nowMs - this.heardAtMs >= DEAD_MS;
  }

  #isFlowing(nowMs: number): boolean {
    return nowMs - this.#audioAtMs < 1_000;
  }
}
