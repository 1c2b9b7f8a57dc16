/**
 * What audio goes through on its way to the recogniser. None by default; this is where noise suppression has its place.
 * A stage that fails costs its effect and nothing else: audio goes on as it came.
 */
import type { AudioFormat } from '../../ports/audio-format.ts';
import type { Logger } from '../../ports/logger.ts';

export interface AudioStage {
  /**
   * @param pcm whole samples; only valid during the call, and not to be written to.
   * @returns as many bytes, valid until the next call.
   */
  process(pcm: Uint8Array): Uint8Array;
  close?(): void;
}

/** Made once for each session. */
export type CreateAudioStage = (format: AudioFormat) => AudioStage;

export class GuardedStage {
  readonly #logger: Logger;
  #stage: AudioStage | null = null;

  constructor(create: CreateAudioStage | null, format: AudioFormat, logger: Logger) {
    this.#logger = logger;
    try {
      this.#stage = create?.(format) ?? null;
    } catch (error) {
      this.#leaveOut(String(error));
    }
  }

  process(pcm: Uint8Array): Uint8Array {
    if (this.#stage === null) return pcm;
    try {
      const heard = this.#stage.process(pcm);
      if (heard.length === pcm.length) return heard;
      this.#leaveOut(`it made ${heard.length} bytes of ${pcm.length}`);
    } catch (error) {
      this.#leaveOut(String(error));
    }
    return pcm;
  }

  close(): void {
    const stage = this.#stage;
    this.#stage = null;
    try {
      stage?.close?.();
    } catch (error) {
      this.#leaveOut(String(error));
    }
  }

  #leaveOut(error: string): void {
    this.#stage = null;
    this.#logger.error('a stage of the audio failed, and is left out', { error });
  }
}
