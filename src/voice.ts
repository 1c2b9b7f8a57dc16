/**
 * A voice agent of parts: one that hears, a language model, one that speaks.
 *
 * This entry runs anywhere and is given its transport; `tenuto/node` brings one.
 */
export { createVoiceAgent } from './voice/voice-agent.ts';
export type { VoiceAgent } from './voice/voice-agent.ts';
export type { VoiceAgentOptions } from './voice/options.ts';
export type { LanguageModelCandidate } from './voice/thinkers.ts';
export type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelReply,
  ReplyHandlers,
  ReplyRequest,
  ReplyResult,
} from './providers/gemini-llm/language-model.ts';
export type * from './public-types.ts';
export type * from './deciding-types.ts';
