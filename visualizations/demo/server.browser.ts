/** The page's own server: where this tab's two ways are, what lasts just now, and how to break something. */
import { ManualNetwork } from '../../src/browser.ts';

import { isFaultName } from './faults.ts';
import type { FaultName } from './faults.ts';
import { activeFaults, broken, ours, serverIsThere, trouble } from './state.ts';

const lane = crypto.randomUUID();
const token = document.querySelector<HTMLMetaElement>('meta[name="tenuto-demo"]')?.content ?? '';

/** What the browser would say of a network that is switched off. */
export const airplaneSignals = new ManualNetwork(['airplane', 'switch']);

export function addressOf(way: 'tenuto' | 'plain'): string {
  return `${location.origin.replace(/^http/, 'ws')}/lanes/${lane}/${way}`;
}

interface News {
  readonly faults: readonly {
    readonly fault: string;
    readonly lastsMs: number;
    readonly leftMs: number;
  }[];
}

export function listenForNews(): void {
  const events = new EventSource(`/lanes/${lane}/news`);
  events.onopen = () => {
    serverIsThere.value = true;
  };
  events.onerror = () => {
    serverIsThere.value = false;
  };
  events.onmessage = ({ data }: MessageEvent<string>) => {
    take((JSON.parse(data) as News).faults);
  };
}

function take(faults: News['faults']): void {
  const wasAway = isAway();
  const nowMs = performance.now();
  activeFaults.value = faults.flatMap(({ fault, lastsMs, leftMs }) =>
    isFaultName(fault) ? [{ name: fault, lastsMs, endsAtMs: nowMs + leftMs }] : [],
  );
  if (isAway() === wasAway) return;
  if (wasAway) airplaneSignals.online();
  else airplaneSignals.offline();
}

function isAway(): boolean {
  return activeFaults.value.some(({ name }) => name === 'airplane');
}

export async function breakIt(name: FaultName): Promise<void> {
  broken.value = [...broken.value, { name, chunk: ours.book.value.length }];
  try {
    const answer = await fetch(`/lanes/${lane}/faults?fault=${name}`, {
      method: 'POST',
      headers: { 'x-tenuto-demo': token },
    });
    if (!answer.ok) trouble.value = (await answer.text()).trim();
  } catch {
    trouble.value = 'The demo’s own server does not answer: start it again with npm start.';
  }
}
