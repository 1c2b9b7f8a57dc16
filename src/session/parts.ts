/**
 * What only some sessions need. Every entry but `tenuto/browser` brings all of it; a page names what it needs, so that its bundler
 * leaves out the rest.
 */
import type { Admission } from './admission/admission.ts';
import { mustFailOver } from './candidates.ts';
import type { ResolvedCandidate } from './candidates.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { TenutoError } from '../ports/errors.ts';
import { invalid } from '../ports/option-errors.ts';
import type { ProviderTraits } from '../providers/contract.ts';

type PartName = 'failover' | 'conversation' | 'rates' | 'rehearsal';

/** One of those that `tenuto/browser` exports under their names. */
export interface SessionPart {
  readonly name: PartName;
  /** What sessions with this part share that are given no other. */
  readonly admission?: Admission;
}

/** @throws TenutoError OPTION_INVALID where a part is missing that these candidates need. */
export function checkParts(
  parts: readonly SessionPart[],
  candidates: readonly ResolvedCandidate[],
  { sampleRateHz }: AudioFormat,
): void {
  const stranger = candidates.find(({ provider }) =>
    countsOtherwise(provider.traits, sampleRateHz),
  );
  const talker = candidates.find(talks)?.provider.name;
  if (mustFailOver(candidates) && partOf(parts, 'failover') === null) {
    throw missing('failover', 'several candidates, a standby, or one whose end is known');
  }
  if (talker !== undefined && partOf(parts, 'conversation') === null) {
    throw missing('conversation', `${talker}, which answers or speaks`);
  }
  if (stranger !== undefined && partOf(parts, 'rates') === null) {
    const { name } = stranger.provider;
    throw missing('rates', `${name}, which takes another sample rate or tells nothing of silence`);
  }
}

export function partOf(parts: readonly SessionPart[], wanted: PartName): SessionPart | null {
  return parts.find(({ name }) => name === wanted) ?? null;
}

export function missing(part: PartName, what: string): TenutoError {
  return invalid(
    `This session has no part for ${what}.`,
    `Give parts: [${part}], and import { ${part} } from 'tenuto/browser'.`,
  );
}

/** Whether what is sent, or what is said of it, has to be brought to the session's rate and silence. */
export function countsOtherwise(traits: ProviderTraits, sampleRateHz: number): boolean {
  const { inputRateHz = sampleRateHz, silenceSettlesAfterMs = null } = traits;
  return inputRateHz !== sampleRateHz || silenceSettlesAfterMs !== null;
}

/** Who only hears has no use for a conversation, and nor has a gateway: one is made when it is asked for. */
export function talks({ provider }: ResolvedCandidate): boolean {
  return provider.component !== 'stt' && provider.component !== 'gateway';
}
