/** A second recogniser, by another maker: PocketSphinx as Debian packages it, on a worker thread. */
import type { Logger } from '../../ports/logger.ts';
import { silentLogger } from '../../ports/logger.ts';
import { findPocketSphinx } from './pocketsphinx-packages.ts';
import type { Recogniser } from './recogniser.ts';
import { VoskPool } from './vosk-recogniser.ts';
import { VoskThread } from './vosk-thread.ts';

export interface PocketSphinxOptions {
  /** Worker threads at most; each holds a model of about 150 MB. Default 1. */
  readonly maxThreads?: number;
  readonly logger?: Logger;
}

/**
 * It hears 16 kHz, words a segment when it is over, and so tells no interim texts.
 * Throws PACKAGE_MISSING where the library or its model is not installed.
 */
export function createPocketSphinxRecogniser(options: PocketSphinxOptions = {}): Recogniser {
  const packages = findPocketSphinx();
  const { logger = silentLogger, maxThreads = 1 } = options;
  return new VoskPool(() => new VoskThread(packages, logger), maxThreads);
}
