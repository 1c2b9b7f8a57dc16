/** A test in any language: it knows the endpoint's address, and JSON. */
import { once } from 'node:events';
import type { WebSocket } from 'ws';

import type { FaultsOnDemand } from '../../../src/simulators/control/on-demand.ts';

export interface Answered {
  readonly status: number;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** @param url of any path at the stand-in. */
export async function asked(url: string, request: object | string): Promise<Answered> {
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const response = await fetch(faultsUrl(url), { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

export function faultsUrl(url: string): URL {
  return new URL('/__tenuto/faults', url.replace(/^ws/, 'http'));
}

/** The faults that a stand-in says it knows. */
export async function listed(url: string): Promise<readonly string[]> {
  const { faults } = (await (await fetch(faultsUrl(url))).json()) as FaultsOnDemand;
  return faults.map(({ fault }) => fault);
}

interface HeldClock {
  advance(ms: number): void;
}

/** Whether a ping is answered only once this time has passed. @param settle resolves when the server has read all that was sent. */
export async function pongsTake(
  ms: number,
  socket: WebSocket,
  clock: HeldClock,
  settle: () => Promise<unknown>,
): Promise<boolean> {
  let pongs = 0;
  socket.on('pong', () => (pongs += 1));
  socket.ping();
  await settle();
  clock.advance(ms - 1);
  await settle();
  const early = pongs;
  const pong = once(socket, 'pong');
  clock.advance(1);
  await pong;
  return early === 0;
}
