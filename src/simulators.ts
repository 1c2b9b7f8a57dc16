/**
 * tenuto/simulators: the providers' stand-ins, for the tests of your own application.
 *
 * Each is a server on this machine that the vendor's own client takes for the real service, and that can be made to fail as
 * the real one does: by its methods, by name (`simulator.ask({ fault: 'close', as: 1011 })`), or over HTTP from a test in any
 * language. They need Node: importing this in a browser, or bundling it for one, fails. docs/simulators.md tells how they are used.
 */
export { seededRandom } from './ports/random.ts';
export type { Random, SeededRandom } from './ports/random.ts';
export type { Secrets } from './ports/secrets.ts';
export type { SecretsOption } from './simulators/control/names.ts';
export type { JsonObject } from './providers/wire/json.ts';
export type * from './simulators/control/on-demand.ts';
export type * from './simulators/deepgram/behaviour.ts';
export type {
  DeepgramFault,
  DeepgramServiceName,
  DocumentedClose,
  DocumentedRefusal,
} from './simulators/deepgram/faults.ts';
export type { Oddities } from './simulators/deepgram/oddities.ts';
export type * from './simulators/deepgram/options.ts';
export type { Refusal } from './simulators/deepgram/refusal.ts';
export type { SpeakLimits } from './simulators/deepgram/speak-limits.ts';
export type { DeepgramSimulatorStats } from './simulators/deepgram/tally.ts';
export type { Close } from './simulators/deepgram/close.ts';
export { startDeepgramSimulator } from './simulators/deepgram/simulator.ts';
export type { CloseLike, GeminiFaults } from './simulators/gemini/faults.ts';
export type * from './simulators/gemini/options.ts';
export type { LiveClose, LiveCloseName } from './simulators/gemini/wire.ts';
export { startGeminiSimulator } from './simulators/gemini/simulator.ts';
export type { LastingFaults, OpenAiFault } from './simulators/openai-realtime/faults.ts';
export type { EndingName } from './simulators/openai-realtime/frames.ts';
export type { Item } from './simulators/openai-realtime/items.ts';
export type { HeardTurn } from './simulators/openai-realtime/listening.ts';
export type * from './simulators/openai-realtime/options.ts';
export type { Hint } from './simulators/openai-realtime/transcriber.ts';
export { startOpenAiSimulator } from './simulators/openai-realtime/simulator.ts';
export type * from './simulators/persona/mind.ts';
export { speak } from './simulators/persona/voice.ts';
export type * from './simulators/recogniser/recogniser.ts';
export { createToneRecogniser } from './simulators/recogniser/tone-recogniser.ts';
export type { ToneRecogniserOptions } from './simulators/recogniser/tone-recogniser.ts';
export { createVoskRecogniser } from './simulators/recogniser/vosk-recogniser.ts';
export type { VoskRecogniserOptions } from './simulators/recogniser/vosk-recogniser.ts';
export type { ServerAddress } from './simulators/server/address.ts';
export type { HttpAnswer } from './simulators/server/http-answer.ts';
export type { WhisperFault } from './simulators/whisper/faults.ts';
export { startWhisperSimulator } from './simulators/whisper/simulator.ts';
export type {
  WhisperRequestLog,
  WhisperSimulator,
  WhisperSimulatorOptions,
} from './simulators/whisper/simulator.ts';
