/**
 * What the demonstration runs on: a recogniser behind Deepgram's protocol in this process, and before it, as processes of their
 * own that can be killed, the gateway (`tenuto serve`, its sessions in files) and the plain relay.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Way, LaneTarget } from './lane.ts';
import { Supervised } from './supervised.ts';
import type { Clock } from '../../ports/clock.ts';
import { GATEWAY_PATH } from '../../protocol/address.ts';
import { startDeepgramSimulator } from '../../simulators/deepgram/simulator.ts';
import type { DeepgramSimulator } from '../../simulators/deepgram/options.ts';
import { createVoskRecogniser } from '../../simulators/recogniser/vosk-recogniser.ts';
import type { Recogniser } from '../../simulators/recogniser/recogniser.ts';

export interface HouseOptions {
  /** How many times real time audio may come: what waited in an outage is sent faster than it sounds. */
  readonly speedRatio: number;
  /** The page's, by any name that it is opened by. */
  readonly origins: readonly string[];
  readonly clock: Clock;
  readonly onChange: () => void;
}

const MAX_RATE_RATIO = 1.25;
/** The relay paces nothing: what waited in its client's queue comes at once, and is taken, so that only what is lost counts. */
const RELAY_RATE_RATIO = Infinity;
const RETRY_AFTER_MS = 2_000;
/** More upgrades than anybody makes while the limit stands. */
const MOST_REFUSALS = 1_000;
const LISTEN =
  '/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000&channels=1&interim_results=true';

/** From dist/src/cli/demo/. */
const TENUTO = fileURLToPath(new URL('../../../../src/cli/tenuto.mjs', import.meta.url));
const RELAY = fileURLToPath(new URL('./relay.js', import.meta.url));

export class House {
  readonly #recogniser: Recogniser;
  readonly #standIns: readonly DeepgramSimulator[];
  readonly #directory: string;
  readonly gateway: Supervised;
  readonly relay: Supervised;

  private constructor(
    parts: {
      recogniser: Recogniser;
      standIns: readonly DeepgramSimulator[];
      relayUpstream: string;
      directory: string;
    },
    { clock, onChange }: HouseOptions,
  ) {
    this.#recogniser = parts.recogniser;
    this.#standIns = parts.standIns;
    this.#directory = parts.directory;
    const file = join(parts.directory, CONFIG_FILE);
    this.gateway = new Supervised({
      name: 'The gateway',
      args: (port) => [
        TENUTO,
        ...['serve', '--json', '--config', file, '--port', String(port ?? 0)],
      ],
      environment: {},
      clock,
      onChange,
    });
    this.relay = new Supervised({
      name: 'The plain relay',
      args: (port) => [RELAY, `${parts.relayUpstream}${LISTEN}`, String(port ?? 0)],
      environment: {},
      clock,
      onChange,
    });
  }

  /** @throws TenutoError RECOGNISER_UNAVAILABLE before anything is started; INTERNAL where a process does not come up. */
  static async open(options: HouseOptions): Promise<House> {
    const recogniser = createVoskRecogniser();
    const standIn = await startDeepgramSimulator({
      recogniser,
      maxRateRatio: MAX_RATE_RATIO * options.speedRatio,
    });
    const forRelay = await startDeepgramSimulator({ recogniser, maxRateRatio: RELAY_RATE_RATIO });
    const directory = await mkdtemp(join(tmpdir(), 'tenuto-demo-'));
    const standIns = [standIn, forRelay];
    const house = new House(
      { recogniser, standIns, relayUpstream: forRelay.url, directory },
      options,
    );
    try {
      await writeConfig(directory, standIn.url, options);
      await Promise.all([house.gateway.start(), house.relay.start()]);
      return house;
    } catch (error) {
      await house.close();
      throw error;
    }
  }

  get targets(): Readonly<Record<Way, LaneTarget>> {
    return {
      tenuto: { port: this.gateway.port, path: GATEWAY_PATH },
      plain: { port: this.relay.port, path: '/' },
    };
  }

  /** Both, with SIGKILL; they are started again when the time is over. */
  killServers(downMs: number): void {
    this.gateway.kill(downMs);
    this.relay.kill(downMs);
  }

  /** The recogniser ends its streams and takes no new ones: 429. @returns what ends it. */
  limitRate(): () => void {
    for (const standIn of this.#standIns) {
      standIn.ask({
        fault: 'http',
        status: 429,
        retryAfterMs: RETRY_AFTER_MS,
        times: MOST_REFUSALS,
      });
      standIn.provoke({ kind: 'close', as: 'NET-0000' });
    }
    return () => {
      for (const standIn of this.#standIns) standIn.callOff();
    };
  }

  /** As services do at the limit of a session's time. */
  expireSessions(): void {
    for (const standIn of this.#standIns) standIn.provoke({ kind: 'close', as: 'NET-0003' });
  }

  async close(): Promise<void> {
    await Promise.all([this.gateway.close(), this.relay.close()]);
    await Promise.all(this.#standIns.map((standIn) => standIn.close()));
    await this.#recogniser.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

const CONFIG_FILE = 'gateway.json';

async function writeConfig(
  directory: string,
  url: string,
  { origins, speedRatio }: HouseOptions,
): Promise<void> {
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
  await writeFile(join(directory, CONFIG_FILE), JSON.stringify(config));
}
