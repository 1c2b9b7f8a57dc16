// A session, the stand-in servers and the network between them, in one thread and on one clock: nothing here depends on the
// speed of the machine, and every run is the same.
import { createLiveResampler } from '../../dist/src/audio/resample.node.js';
import { seededRandom } from '../../dist/src/ports/random.js';
import { createAdmission } from '../../dist/src/session/admission/admission.js';
import { SimulatedNetwork } from '../../dist/src/simulators/network/simulated-network.js';
import { speak } from '../../dist/src/simulators/persona/voice.js';
import { createToneRecogniser } from '../../dist/src/simulators/recogniser/tone-recogniser.js';
import { VirtualClock } from '../../dist/src/testing/virtual-clock.js';

export const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 };
const CHUNK_MS = 100;
export const CHUNK_BYTES = (FORMAT.sampleRateHz * CHUNK_MS * 2) / 1_000;
const STEP_MS = 10;
const LATEST_MS = 180_000;

/** How a connection is lost. */
export const LOSSES = ['reset', 'silent', 'busy'];

export class World {
  clock = new VirtualClock();
  network = new SimulatedNetwork({ clock: this.clock });
  recogniser = createToneRecogniser();
  events = [];
  #closers = [];
  #spoken = [];
  #talker = null;

  /** What servers are started with. */
  get server() {
    return { network: this.network, clock: this.clock, recogniser: this.recogniser };
  }

  /** What a session, or an agent, is made with. */
  get session() {
    return {
      format: FORMAT,
      transport: this.network,
      clock: this.clock,
      random: seededRandom(1),
      admission: createAdmission(),
      createResampler: createLiveResampler,
    };
  }

  serve(simulator) {
    this.#closers.push(() => simulator.close());
    return simulator;
  }

  async connect(talker) {
    this.#talker = talker;
    talker.on('*', (event) => this.events.push(event));
    await this.settled(talker.connect(), 'the connection');
  }

  /** From now on the microphone listens: to this, and to silence behind it. */
  say(text) {
    this.hear(speak(text, FORMAT.sampleRateHz));
  }

  hear(pcm) {
    for (let at = 0; at < pcm.length; at += CHUNK_BYTES) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      chunk.set(pcm.subarray(at, at + CHUNK_BYTES));
      this.#spoken.push(chunk);
    }
  }

  /** All of it was captured. */
  said() {
    return this.until(() => this.#spoken.length === 0, 'the speech to be captured');
  }

  async pass(ms) {
    const untilMs = this.clock.nowMs() + ms;
    await this.until(() => this.clock.nowMs() >= untilMs, 'time to pass');
  }

  async until(isSo, what) {
    const latestMs = this.clock.nowMs() + LATEST_MS;
    while (!isSo()) {
      if (this.clock.nowMs() > latestMs) throw new Error(`waited in vain for ${what}`);
      if (this.#listens && this.clock.nowMs() % CHUNK_MS === 0) {
        this.#talker.write(this.#spoken.shift() ?? new Uint8Array(CHUNK_BYTES));
      }
      await this.clock.advanceAsync(STEP_MS);
    }
  }

  listen() {
    this.#listens = true;
  }
  #listens = false;

  /** The recording is over: all of it has to arrive. */
  async drain() {
    this.#listens = false;
    await this.settled(this.#talker.drain(), 'the rest to be delivered');
  }

  async settled(promise, what) {
    let isSettled = false;
    const watched = promise.finally(() => (isSettled = true));
    watched.catch(() => undefined);
    await this.until(() => isSettled, what);
    return watched;
  }

  /** What is connected to, or asks, an address with these words in it. */
  going(words) {
    return this.network.memory.live.filter(({ request }) => request.url.includes(words));
  }

  lose(how, words) {
    const going = this.going(words);
    if (going.length === 0) throw new Error(`nothing is connected to ${words}`);
    if (how === 'busy') this.network.memory.refuseNext({ code: 1006, reason: '', status: 503 }, 2);
    for (const socket of going) {
      if (how === 'silent') socket.halfOpen();
      else socket.end(1006, '', { errorCode: 'ECONNRESET' });
    }
  }

  of(type) {
    return this.events.filter((event) => event.type === type);
  }

  async close() {
    this.#listens = false;
    await this.settled(this.#talker.close({ drainTimeoutMs: 0 }), 'the end');
    for (const close of this.#closers) await this.settled(close(), 'the servers to close');
    await this.recogniser.close();
  }
}

export function yesNo(isSo) {
  return isSo ? 'yes' : 'no';
}

/** One row where all losses come to the same; else one for each. */
export function merged(rows) {
  const told = rows.map(({ loss, provider, ...row }) => ({
    loss,
    provider,
    row,
    text: JSON.stringify(row),
  }));
  if (new Set(told.map(({ text }) => text)).size === 1) {
    return [{ provider: told[0].provider, ...told[0].row }];
  }
  return told.map(({ loss, provider, row }) => ({ provider: `${provider}, ${loss}`, ...row }));
}
