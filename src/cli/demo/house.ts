/**
 * What the demonstration runs on: a recogniser behind Deepgram's protocol in this process, and before it, as processes of their
 * own that can be killed, the gateway (`tenuto serve`, its sessions in files) and the plain relay.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Way, LaneTarget } from './lane.ts';
import { makeDemoFolder, removeFolder } from './folder.ts';
import { Supervised } from './supervised.ts';
import type { Clock } from '../../ports/clock.ts';
import { GATEWAY_PATH } from '../../protocol/address.ts';
import { startDeepgramSimulator } from '../../simulators/deepgram/simulator.ts';
import type { DeepgramSimulator } from '../../simulators/deepgram/options.ts';
import { createVoskRecogniser } from '../../simulators/recogniser/vosk-recogniser.ts';

export interface HouseOptions {
  /** How many times real time audio may come: what waited in an outage is sent faster than it sounds. */
  readonly speedRatio: number;
  /** The page's, by any name that it is opened by. */
  readonly origins: readonly string[];
  readonly clock: Clock;
}

const MAX_RATE_RATIO = 1.25;
/** The relay paces nothing: what waited in its client's queue comes at once, and is taken, so that only what is lost counts. */
const RELAY_RATE_RATIO = Infinity;
const RETRY_AFTER_MS = 2_000;
/** More upgrades than anybody makes while the limit stands. */
const MOST_REFUSALS = 1_000;
const LISTEN =
  '/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000&channels=1&interim_results=true';

const ATTENDED = fileURLToPath(new URL('./attended.js', import.meta.url));
const RELAY = fileURLToPath(new URL('./relay.js', import.meta.url));

type Closer = () => Promise<unknown>;

interface Parts {
  readonly standIns: readonly DeepgramSimulator[];
  readonly gateway: Supervised;
  readonly relay: Supervised;
  readonly close: Closer;
}

export class House {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws TenutoError RECOGNISER_UNAVAILABLE before anything is started; INTERNAL where a process does not come up. */
  static async open(options: HouseOptions): Promise<House> {
    const closers: Closer[] = [];
    /** The last that was opened is closed first. */
    const close = async (): Promise<void> => {
      for (const each of closers.splice(0).reverse()) await each();
    };
    try {
      return new House({ ...(await openParts(options, closers)), close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  get gateway(): Supervised {
    return this.#parts.gateway;
  }

  get targets(): Readonly<Record<Way, LaneTarget>> {
    return {
      tenuto: { port: this.#parts.gateway.port, path: GATEWAY_PATH },
      plain: { port: this.#parts.relay.port, path: '/' },
    };
  }

  /** Both, with SIGKILL. @returns what has them started again. */
  killServers(): () => void {
    const ends = [this.#parts.gateway.kill(), this.#parts.relay.kill()];
    return () => {
      for (const end of ends) end();
    };
  }

  /** The recogniser ends its streams and takes no new ones: 429. @returns what ends it. */
  limitRate(): () => void {
    for (const standIn of this.#parts.standIns) {
      standIn.ask({
        fault: 'http',
        status: 429,
        retryAfterMs: RETRY_AFTER_MS,
        times: MOST_REFUSALS,
      });
      standIn.provoke({ kind: 'close', as: 'NET-0000' });
    }
    return () => {
      for (const standIn of this.#parts.standIns) standIn.callOff();
    };
  }

  /** As services do at the limit of a session's time. */
  expireSessions(): void {
    for (const standIn of this.#parts.standIns) standIn.provoke({ kind: 'close', as: 'NET-0003' });
  }

  async close(): Promise<void> {
    await this.#parts.close();
  }
}

async function openParts(options: HouseOptions, closers: Closer[]): Promise<Omit<Parts, 'close'>> {
  const recogniser = createVoskRecogniser();
  closers.push(() => recogniser.close());
  const standInWith = async (maxRateRatio: number): Promise<DeepgramSimulator> => {
    const standIn = await startDeepgramSimulator({ recogniser, maxRateRatio });
    closers.push(() => standIn.close());
    return standIn;
  };
  const standIn = await standInWith(MAX_RATE_RATIO * options.speedRatio);
  const forRelay = await standInWith(RELAY_RATE_RATIO);
  const folder = await makeDemoFolder();
  closers.push(() => removeFolder(folder));
  const config = await writeConfig(folder, standIn.url, options);
  const upstream = `${forRelay.url}${LISTEN}`;
  const { clock } = options;
  const gateway = new Supervised({
    name: 'The gateway',
    args: (port) => [
      ...[ATTENDED, folder],
      ...['serve', '--json', '--config', config, '--port', String(port ?? 0)],
    ],
    clock,
  });
  const relay = new Supervised({
    name: 'The plain relay',
    args: (port) => [RELAY, upstream, String(port ?? 0)],
    clock,
  });
  const both = [gateway, relay];
  closers.push(() => Promise.all(both.map((each) => each.close())));
  await Promise.all(both.map((each) => each.start()));
  return { standIns: [standIn, forRelay], gateway, relay };
}

const CONFIG_FILE = 'gateway.json';

async function writeConfig(
  directory: string,
  url: string,
  { origins, speedRatio }: HouseOptions,
): Promise<string> {
  const sessions = join(directory, 'sessions');
  await mkdir(sessions);
  const config = {
    host: '127.0.0.1',
    store: { kind: 'file', directory: sessions },
    origins,
    drainMs: 1_000,
    candidates: [{ provider: 'deepgram', url, simulated: true }],
    speed: speedRatio,
  };
  const file = join(directory, CONFIG_FILE);
  await writeFile(file, JSON.stringify(config));
  return file;
}
