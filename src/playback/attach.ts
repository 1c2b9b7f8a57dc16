/** A conversation and a loudspeaker: what is said is played, and what is interrupted was heard so far and no further. */
import type { PlayerEvent, Sound } from './playback.types.ts';
import type { Session } from '../session/session.ts';

export interface Loudspeaker {
  play(sound: Sound): void;
  clear(): unknown;
  on(listener: (event: PlayerEvent) => void): () => void;
}

/** Returns what ends it. */
export function attachTo(
  session: Pick<Session, 'on' | 'conversation'>,
  speaker: Loudspeaker,
): () => void {
  const { conversation } = session;
  const stops = [
    conversation.onAudio((sound) => speaker.play(sound)),
    session.on('interrupted', () => void speaker.clear()),
    speaker.on((event) => {
      if (event.type === 'heard') conversation.heard(event.id, event.ms);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
