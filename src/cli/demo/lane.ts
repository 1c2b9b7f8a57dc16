/**
 * One tab's two ways through the demonstration: its tenuto session to the gateway, and its plain socket to the relay. What
 * breaks one breaks the other, at the same moment and in the same way.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '../../ports/clock.ts';
import { ProxiedNetwork } from '../../simulators/faults/proxied-network.ts';
import { resetSocket } from '../../simulators/faults/reset-socket.ts';

export const WAYS = ['tenuto', 'plain'] as const;

export type Way = (typeof WAYS)[number];

export interface LaneTarget {
  readonly port: number;
  /** Where it takes sockets. */
  readonly path: string;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly targets: Readonly<Record<Way, LaneTarget>>;
}

export class Lane {
  readonly #targets: LaneOptions['targets'];
  readonly #networks: Readonly<Record<Way, ProxiedNetwork>>;
  #isAway = false;

  constructor({ clock, targets }: LaneOptions) {
    this.#targets = targets;
    const networkTo = ({ port }: LaneTarget): ProxiedNetwork =>
      new ProxiedNetwork({
        clock,
        carries: 'sockets',
        target: { host: '127.0.0.1', port },
        onClientBytes: () => undefined,
      });
    this.#networks = { tenuto: networkTo(targets.tenuto), plain: networkTo(targets.plain) };
  }

  /** How many connections go through it. */
  get size(): number {
    return this.#connections().length;
  }

  /** An upgrade that HTTP has read is read once more, as a proxy reads it. */
  accept(way: Way, request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.#isAway) {
      resetSocket(socket);
      return;
    }
    socket.setTimeout(0);
    socket.unshift(Buffer.concat([headOf(request, this.#targets[way].path), head]));
    this.#networks[way].accept(socket);
  }

  /** A RST, both ways. */
  cut(): void {
    for (const connection of this.#connections()) connection.reset();
  }

  /** What stands is silent from now on, and TCP stays up; what comes later is not touched. @returns what wakes it: with a RST. */
  silence(): () => void {
    const silenced = this.#connections();
    for (const connection of silenced) {
      connection.silence('up');
      connection.silence('down');
    }
    return () => {
      for (const connection of silenced) connection.reset();
    };
  }

  /** No network: what stands is gone, and nothing can be dialled. @returns what brings it back. */
  leave(): () => void {
    this.#isAway = true;
    this.cut();
    return () => {
      this.#isAway = false;
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#networks.tenuto.close(), this.#networks.plain.close()]);
  }

  #connections() {
    return [...this.#networks.tenuto.connections, ...this.#networks.plain.connections];
  }
}

function headOf({ rawHeaders }: IncomingMessage, path: string): Buffer {
  const lines = [`GET ${path} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
