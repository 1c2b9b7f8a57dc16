// One clock for all processes of a run: the machine's, which is monotonic and the same for all of them.
import process from 'node:process';

export function nowMs() {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
