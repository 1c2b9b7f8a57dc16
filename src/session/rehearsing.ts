/** The part of a session whose failures can be rehearsed. */
import type { SessionPart } from './parts.ts';
import type { RehearsalPart } from './rehearsal-part.ts';
import { Rehearsal } from './rehearsal.ts';

const part: RehearsalPart = { name: 'rehearsal', begin: () => new Rehearsal() };

/** Needed for `session.simulateFailure`. */
export const rehearsal: SessionPart = part;
