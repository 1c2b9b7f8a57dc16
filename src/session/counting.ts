/** The part of a session whose service counts otherwise than it: at another sample rate, or with nothing to tell of silence. */
import type { RatesPart } from './rates-part.ts';
import type { SessionPart } from './parts.ts';
import { streamFor } from './rated-stream.ts';
import { fillFor } from './silence-fill.ts';

const part: RatesPart = { name: 'rates', streamFor, fillFor };

/** Needed with services that take another sample rate than is written, or that tell nothing of silence. */
export const rates: SessionPart = part;
