/** What a voice agent is made of, checked before anything is dialled. */
import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { systemClock } from '../ports/clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { Tool } from '../ports/conversation.ts';
import { silentLogger } from '../ports/logger.ts';
import type { Logger } from '../ports/logger.ts';
import { systemRandom } from '../ports/random.ts';
import type { Random } from '../ports/random.ts';
import type { Faculty } from '../providers/events.ts';
import type { LanguageModel } from '../providers/gemini-llm/language-model.ts';
import { invalid } from '../ports/option-errors.ts';
import type { SessionOptions } from '../session/options.ts';

/**
 * The options of a session hold for hearing and speaking alike; `preset` and `reconnect` also say how often, and after
 * what time, a language model is asked again.
 */
export interface VoiceAgentOptions extends Omit<SessionOptions, 'candidates'> {
  /** Who may transcribe, in order of preference, such as `[deepgramFlux({ apiKey })]`. */
  readonly hearing: SessionOptions['candidates'];
  /** Who may answer, in order of preference, such as `geminiLlm({ apiKey, http })`. */
  readonly thinking: LanguageModel | readonly LanguageModel[];
  /** Who may speak, in order of preference, such as `[deepgramSpeak({ apiKey }), deepgramSpeakHttp({ apiKey })]`. */
  readonly speaking: SessionOptions['candidates'];
  /** What the model is told to be. Default nothing. */
  readonly instructions?: string;
  /** What the model may call; each call is a `toolCall` event, and waits for `conversation.answerTool`. Default none. */
  readonly tools?: readonly Tool[];
  /** How many of the last messages the model is shown; calls and results between them come along. Default 10. */
  readonly historyMessages?: number;
}

export interface ResolvedVoiceOptions {
  readonly sessions: Readonly<Record<Faculty, SessionOptions>>;
  readonly models: readonly LanguageModel[];
  readonly policy: ReconnectPolicy;
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly historyMessages: number;
  readonly eventCapacity: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const DEFAULT_HISTORY_MESSAGES = 10;
const DEFAULT_EVENT_CAPACITY = 4_096;

/** @throws TenutoError OPTION_INVALID; what concerns sessions, they check themselves. */
export function resolveVoiceOptions(options: VoiceAgentOptions): ResolvedVoiceOptions {
  const {
    hearing,
    thinking,
    speaking,
    instructions = '',
    tools = [],
    historyMessages = DEFAULT_HISTORY_MESSAGES,
    ...session
  } = options;
  if (!Number.isInteger(historyMessages) || historyMessages < 1) {
    throw invalid(
      `historyMessages is ${String(historyMessages)}.`,
      'Give a whole number from 1 up.',
    );
  }
  return {
    sessions: {
      hearing: { ...session, candidates: hearing },
      speaking: { ...session, candidates: speaking },
    },
    models: modelsOf(thinking),
    policy: { ...presets[session.preset ?? 'production'], ...session.reconnect },
    instructions,
    tools,
    historyMessages,
    eventCapacity: session.eventCapacity ?? DEFAULT_EVENT_CAPACITY,
    clock: session.clock ?? systemClock,
    random: session.random ?? systemRandom,
    logger: session.logger ?? silentLogger,
  };
}

function modelsOf(thinking: VoiceAgentOptions['thinking']): readonly LanguageModel[] {
  const models = Array.isArray(thinking) ? (thinking as readonly LanguageModel[]) : [thinking];
  const areModels = models.every(
    (model: unknown) => typeof (model as Partial<LanguageModel> | null)?.reply === 'function',
  );
  if (models.length > 0 && areModels) return models as readonly LanguageModel[];
  throw invalid(
    'A voice agent takes at least one language model.',
    'Give one, such as thinking: geminiLlm({ apiKey, http }).',
  );
}
