/** What a voice agent is made of, checked before anything is dialled. */
import type { InspectionEvent } from 'xstate';

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
import { checkOptions, invalid } from '../ports/option-errors.ts';
import type { Transport } from '../ports/socket.ts';
import { mustServe } from '../session/abilities.ts';
import { sharedAdmission } from '../session/admission/admission.ts';
import type { Admission } from '../session/admission/admission.ts';
import { inspectorOf } from '../session/options.ts';
import type { SessionOptions } from '../session/options.ts';
import { thinkersOf } from './thinkers.ts';
import type { LanguageModelCandidate, Thinkers } from './thinkers.ts';

/**
 * The options of a session hold for hearing and speaking alike; `preset` and `reconnect` also say how often, and after
 * what time, a language model is asked again.
 */
export interface VoiceAgentOptions extends Omit<SessionOptions, 'candidates' | 'parts' | 'spool'> {
  /** Who may transcribe, in order of preference, such as `[deepgramFlux({ apiKey })]`. */
  readonly hearing: SessionOptions['candidates'];
  /** Who may answer, in order of preference, such as `geminiLlm({ apiKey })`, which asks over the transport's `http`. */
  readonly thinking:
    LanguageModel | LanguageModelCandidate | readonly (LanguageModel | LanguageModelCandidate)[];
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
  readonly thinkers: Thinkers;
  readonly policy: ReconnectPolicy;
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly historyMessages: number;
  readonly eventCapacity: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: Admission;
  readonly inspect: ((event: InspectionEvent) => void) | null;
  readonly logger: Logger;
}

/** Every option, so that one that is misspelt is told from one that is not. */
const OPTION_NAMES: Readonly<Record<keyof VoiceAgentOptions, true>> = {
  hearing: true,
  thinking: true,
  speaking: true,
  instructions: true,
  tools: true,
  historyMessages: true,
  format: true,
  preset: true,
  reconnect: true,
  retentionMs: true,
  retentionBytes: true,
  eventCapacity: true,
  recordOnlyMs: true,
  holdDownMs: true,
  rotationLeadMs: true,
  transport: true,
  network: true,
  inspect: true,
  admission: true,
  createResampler: true,
  clock: true,
  random: true,
  logger: true,
};

const DEFAULT_HISTORY_MESSAGES = 10;
const DEFAULT_EVENT_CAPACITY = 4_096;

/** @throws TenutoError OPTION_INVALID; what concerns sessions, they check themselves. */
export function resolveVoiceOptions(options: VoiceAgentOptions): ResolvedVoiceOptions {
  checkOptions('voice agent', options, OPTION_NAMES);
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
  checkFaculty('hearing', hearing);
  checkFaculty('speaking', speaking);
  const thinkers = thinkersOf(thinking, (session.transport as Transport | undefined)?.http); // JavaScript may leave it out
  for (const { model } of thinkers) model.checkTools?.(tools);
  return {
    sessions: {
      hearing: { ...session, candidates: hearing },
      speaking: { ...session, candidates: speaking },
    },
    thinkers,
    policy: { ...presets[session.preset ?? 'production'], ...session.reconnect },
    instructions,
    tools,
    historyMessages,
    eventCapacity: session.eventCapacity ?? DEFAULT_EVENT_CAPACITY,
    clock: session.clock ?? systemClock,
    random: session.random ?? systemRandom,
    admission: session.admission ?? sharedAdmission,
    inspect: inspectorOf(session),
    logger: session.logger ?? silentLogger,
  };
}

/** Who writes JavaScript may give anything: what is no list, the session of this part refuses. */
function checkFaculty(faculty: Faculty, candidates: unknown): void {
  if (!Array.isArray(candidates)) return;
  for (const candidate of candidates as VoiceAgentOptions['hearing']) mustServe(faculty, candidate);
}
