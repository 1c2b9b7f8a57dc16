/** What the part `conversation` is to the session that has it. */
import type { Demux } from './demux.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Restoring } from './restoring.ts';
import type { Talk } from './talk.ts';
import type { TalkOptions } from './talk.types.ts';
import type { Clock } from '../ports/clock.ts';

export interface ConversationPart extends SessionPart {
  startTalk(options: TalkOptions): Talk;
  startRestoring(clock: Clock, demux: Demux, talk: Talk): Restoring;
}

export function conversationOf({ parts }: ResolvedOptions): ConversationPart | null {
  return partOf(parts, 'conversation') as ConversationPart | null;
}
