/** What a world is made of, beside what every world has: a network, a store, and what befalls them. */
import type { Client, ClientParts } from './client.ts';
import type { AppManners } from './manners.ts';
import type { ServerEnd } from './server-end.ts';
import type { LogContents } from '../checks/log-contents.ts';
import type { Report } from '../checks/report.ts';
import type { SimulatedProcess } from '../process.ts';
import type { App } from '../../gateway/app.ts';
import type { SeededRandom } from '../../ports/random.ts';

/** What the apps of one life of a gateway are given. */
export interface AppParts {
  readonly process: SimulatedProcess;
  readonly random: SeededRandom;
  readonly manners: AppManners;
  readonly report: Report;
}

export interface WorldShape {
  readonly houses: number;
  readonly graceMs: number;
  /** How long the store takes, each way. */
  readonly storeMs: readonly [least: number, most: number];
  /** By the names that clients ask for. */
  readonly apps: (parts: AppParts) => ReadonlyMap<string, App>;
  readonly clients: readonly ((parts: ClientParts) => Client)[];
  readonly contents: LogContents;
  /** Hears what clients send, before anything befalls it. */
  readonly onSent?: (end: ServerEnd, bytes: Uint8Array) => void;
}
