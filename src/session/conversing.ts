/** The part of a session in which more is said than is heard: texts, answers and their sound, and tools. */
import type { ConversationPart } from './conversation-part.ts';
import type { SessionPart } from './parts.ts';
import { Restoring } from './restoring.ts';
import { Talk } from './talk.ts';

const part: ConversationPart = {
  name: 'conversation',
  startTalk: (options) => new Talk(options),
  startRestoring: (clock, demux, talk) => new Restoring(clock, demux, talk),
};

/** Needed with services that answer or speak, and for `session.conversation`. */
export const conversation: SessionPart = part;
