/** The services that tenuto speaks to, each as facts. */
export { deepgramListen } from './deepgram-listen/deepgram-listen.ts';
export type { DeepgramListenOptions } from './deepgram-listen/deepgram-listen.ts';
export { deepgramFlux } from './deepgram-flux/deepgram-flux.ts';
export type { DeepgramFluxOptions } from './deepgram-flux/options.ts';
export { deepgramSpeak, deepgramSpeakHttp } from './deepgram-speak/deepgram-speak.ts';
export type { DeepgramSpeakHttpOptions, DeepgramSpeakOptions } from './deepgram-speak/options.ts';
export { gateway } from './gateway/gateway.ts';
export type { GatewayProviderOptions } from './gateway/gateway.ts';
export { geminiLive } from './gemini-live/gemini-live.ts';
export type {
  ActivityDetection,
  ContextCompression,
  GeminiLiveOptions,
} from './gemini-live/options.ts';
export { geminiLlm } from './gemini-llm/gemini-llm.ts';
export type { GeminiLlmOptions } from './gemini-llm/gemini-llm.ts';
export type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelReply,
  ReplyHandlers,
  ReplyRequest,
  ReplyResult,
} from './gemini-llm/language-model.ts';
export { openaiRealtime } from './openai-realtime/openai-realtime.ts';
export type { OpenAiRealtimeOptions } from './openai-realtime/openai-realtime.ts';
export type {
  Modality,
  SessionWishes,
  Transcription,
  TurnDetection,
} from './openai-realtime/openai-realtime.ts';
export { fvad } from './whisper/whisper.ts';
export type { FvadOptions } from './whisper/whisper.ts';
export { sileroVad } from './whisper/whisper.ts';
export type { SileroOptions, SileroPackages } from './whisper/whisper.ts';
export type { FilterOptions } from './whisper/whisper.ts';
export type { WhisperOptions } from './whisper/settings.ts';
export { whisper } from './whisper/whisper.ts';
export type {
  AudioPlace,
  Component,
  Credential,
  CredentialReason,
  DropReason,
  Faculty,
  Heard,
  Order,
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
  ProviderTranscript,
  ProviderWord,
  ProviderWorld,
  SpeechLimits,
  StreamMemory,
} from './contract.ts';
export type { ConversationEvent, HandshakeEvent, HearingEvent, ServiceEvent } from './events.ts';
