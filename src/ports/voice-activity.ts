/** Is somebody speaking? Asked of one frame after another of one recording. */
export interface VoiceActivityDetector {
  /** How many samples it wants at a time. */
  readonly frameSamples: number;
  /** PCM s16, exactly `frameSamples` of them. */
  isSpeech(frame: Int16Array): boolean;
  /** Forgets what it heard. */
  reset(): void;
}

/** Made anew for each recording; loading may take a moment. */
export type CreateVoiceActivityDetector = (options: {
  readonly sampleRateHz: number;
}) => Promise<VoiceActivityDetector>;
