/** Which path is which service, and what serves a socket there. */
import type { WebSocket } from 'ws';
import { systemClock, systemWallClock } from '../../ports/clock.ts';
import { silentLogger } from '../../ports/logger.ts';
import { systemRandom } from '../../ports/random.ts';
import { waveringInterims } from '../recogniser/wavering-interims.ts';
import { ListenConnection } from './connection.ts';
import type { DeepgramFault, DeepgramServiceName } from './faults.ts';
import { FluxConnection } from './flux-connection.ts';
import { parseFluxQuery } from './flux-query.ts';
import type { DeepgramSimulatorOptions } from './options.ts';
import type { ParsedQuery } from './query.ts';
import { parseListenQuery } from './query.ts';
import type { Refusal } from './refusal.ts';
import { badRequest } from './refusal.ts';
import { SpeakConnection } from './speak-connection.ts';
import { parseSpeakQuery } from './speak-query.ts';

export interface Connection {
  readonly service: DeepgramServiceName;
  suffer(fault: DeepgramFault): void;
  cut(): Promise<void>;
}

export interface Served {
  readonly socket: WebSocket;
  readonly requestId: string;
  onAudio(samples: number): void;
  onSpoken(chars: number): void;
  onClosing(code: number): void;
  onEnd(): void;
}

export type Serve = (served: Served) => Connection;

/** Null where there is no such path; otherwise what reads the query. @param pace what faults change while it runs. */
export function serviceAt(
  url: URL,
  options: DeepgramSimulatorOptions,
  pace: { readonly finalizeDelayMs: number; readonly waveringRatio: number },
): (() => Serve | Refusal) | null {
  const { clock = systemClock, logger = silentLogger, oddities } = options;
  const { maxRateRatio = 1.25, idleTimeoutMs = 10_000, flux = {}, speak = {} } = options;
  const { wallClock = systemWallClock, random = systemRandom } = options;
  const common = { clock, logger, oddities };
  const recogniser = waveringInterims(options.recogniser, () => pace.waveringRatio, random);
  const hearing = { ...common, recogniser, maxRateRatio, idleTimeoutMs };
  const { searchParams, pathname } = url;
  switch (pathname) {
    case '/v1/listen':
      return () =>
        serving(parseListenQuery(searchParams), (query) => (served) => {
          return new ListenConnection({
            ...hearing,
            ...served,
            query,
            wallClock,
            finalizeDelayMs: pace.finalizeDelayMs,
          });
        });
    case '/v2/listen':
      return () =>
        serving(parseFluxQuery(searchParams), (query) => (served) => {
          return new FluxConnection({ ...hearing, ...served, query, behaviour: flux });
        });
    case '/v1/speak':
      return () =>
        serving(parseSpeakQuery(searchParams, { isHttp: false }), (query) => (served) => {
          return new SpeakConnection({ ...common, ...served, query, behaviour: speak });
        });
    default:
      return null;
  }
}

function serving<Query>(
  parsed: ParsedQuery<Query>,
  serve: (query: Query) => Serve,
): Serve | Refusal {
  return parsed.ok ? serve(parsed.query) : badRequest(parsed.problem);
}
