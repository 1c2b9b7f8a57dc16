/** What the tenuto side says of its connection, in the words of whoever watches. */
import type { SessionEvent } from '../../src/browser.ts';

import type { LinkView } from './state.ts';

const AWAY = 'the recogniser is away, the gateway keeps the audio';
const TAKEN = 'the gateway takes the audio';
const HEARD_AGAIN = 'the recogniser is back, and hears what was kept';

export class LinkWords {
  #isHeard = true;
  /** Of the last outage: stays to be read. */
  #outage = '';

  /** @returns null where nothing else is to be said than before. */
  after(event: SessionEvent): LinkView | null {
    switch (event.type) {
      case 'stateChange':
        return this.#afterChange(event.current);
      case 'connection.suspected':
        return {
          mood: 'busy',
          label: 'Suspicious silence',
          detail: `${seconds(event.silentForMs)} without a sign of life: a second connection is dialled beside it`,
        };
      case 'connection.reconnecting':
        return {
          mood: 'busy',
          label: `Reconnecting, attempt ${event.attempt}`,
          detail: `${nextTry(event.backoffDelayMs)}; what is said meanwhile is kept`,
        };
      case 'connection.reconnected': {
        const { downtimeMs, audioReplayedMs, audioLostMs } = event;
        const lost = audioLostMs === 0 ? 'nothing lost' : `${seconds(audioLostMs)} lost`;
        this.#outage = `back after ${seconds(downtimeMs)}: ${seconds(audioReplayedMs)} sent again, ${lost}`;
        return this.#connected();
      }
      case 'connection.recovered':
        this.#outage = 'it speaks again';
        return this.#connected();
      case 'gateway.serving': {
        const wasHeard = this.#isHeard;
        this.#isHeard = event.provider !== null;
        if (!wasHeard && this.#isHeard) this.#outage = HEARD_AGAIN;
        return this.#connected();
      }
      case 'error':
        return { mood: 'bad', label: 'Given up', detail: event.error.message };
      default:
        return null;
    }
  }

  #afterChange(status: StatusOf<SessionEvent>): LinkView | null {
    switch (status) {
      case 'idle':
      case 'disconnected':
        return { mood: 'off', label: 'Not connected', detail: '' };
      case 'connecting':
        return { mood: 'busy', label: 'Connecting', detail: 'what is said already is kept' };
      case 'connected':
      case 'active':
        return this.#connected();
      case 'reconnecting':
        return { mood: 'busy', label: 'Reconnecting', detail: 'what is said meanwhile is kept' };
      case 'error':
        return { mood: 'bad', label: 'Given up', detail: '' };
    }
  }

  #connected(): LinkView {
    if (!this.#isHeard) return { mood: 'busy', label: 'Connected', detail: AWAY };
    return { mood: 'good', label: 'Connected', detail: this.#outage === '' ? TAKEN : this.#outage };
  }
}

type StatusOf<Event> = Event extends { type: 'stateChange'; current: infer Status }
  ? Status
  : never;

/** It is shown until something else happens: how much is kept meanwhile, the legend counts. */
function nextTry(delayMs: number): string {
  return delayMs < 100 ? 'trying now' : `the next try ${seconds(delayMs)} after the last`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
