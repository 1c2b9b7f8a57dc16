/**
 * What only some sessions need. Every entry but `tenuto/browser` brings all of it; there providers bring what their services need,
 * and a page names the rest, so that its bundler leaves out what nobody asked for.
 */
import type { Admission } from './admission/admission.ts';
import { mustFailOver } from './candidates.ts';
import type { ResolvedCandidate } from './candidates.ts';
import type { TenutoError } from '../ports/errors.ts';
import { invalid } from '../ports/option-errors.ts';
import type { Part, PartName } from '../ports/part.ts';
import type { Provider, ProviderTraits } from '../providers/contract.ts';

/** One of those that `tenuto/browser` exports under their names. */
export interface SessionPart extends Part {
  /** What sessions with this part share that are given no other. */
  readonly admission?: Admission;
}

/** Which providers need which part. */
const NEEDS: readonly (readonly [
  PartName,
  (provider: Provider, sampleRateHz: number) => boolean,
])[] = [
  ['conversation', (provider) => talks({ provider })],
  ['rates', needsRates],
  ['keeping', ({ traits }) => keeps(traits)],
];

/** Those that are given, and those that the candidates bring. */
export function partsOf(
  given: readonly SessionPart[] = [],
  candidates: readonly ResolvedCandidate[],
): readonly SessionPart[] {
  const list: unknown = given; // who writes JavaScript may give anything
  if (!Array.isArray(list) || !list.every((part) => 'name' in Object(part))) {
    throw invalid('parts is not a list of parts.', 'Give one, such as [failover].');
  }
  return [...given, ...candidates.flatMap(({ provider }) => provider.brings ?? [])];
}

/** @throws TenutoError OPTION_INVALID where a part is missing that these candidates need. */
export function checkParts(
  parts: readonly SessionPart[],
  candidates: readonly ResolvedCandidate[],
  sampleRateHz: number,
): void {
  if (mustFailOver(candidates) && partOf(parts, 'failover') === null) {
    throw missing('failover', 'whoever is one of several, stands by or has a known end');
  }
  for (const [part, isNeeded] of NEEDS) {
    if (partOf(parts, part) !== null) continue;
    const needy = candidates.find(({ provider }) => isNeeded(provider, sampleRateHz));
    if (needy !== undefined) throw missing(part, needy.provider.name);
  }
}

export function partOf(parts: readonly SessionPart[], wanted: PartName): SessionPart | null {
  return parts.find(({ name }) => name === wanted) ?? null;
}

export function missing(part: PartName, what: string): TenutoError {
  return invalid(
    `The session has no part "${part}", which ${what} needs.`,
    `Give parts: [${part}], and import { ${part} } from 'tenuto/browser'.`,
  );
}

function needsRates({ traits }: Provider, sampleRateHz: number): boolean {
  return countsOtherwise(traits, sampleRateHz) || (traits.fillsSilenceAfterMs ?? null) !== null;
}

/** Whether what is sent, or what is said of it, has to be brought to the session's rate and silence. */
export function countsOtherwise(traits: ProviderTraits, sampleRateHz: number): boolean {
  const { inputRateHz = sampleRateHz, silenceSettlesAfterMs = null } = traits;
  return inputRateHz !== sampleRateHz || silenceSettlesAfterMs !== null;
}

/** Who only hears has no use for a conversation, and nor has a gateway: one is made when it is asked for. */
export function talks({ provider }: Pick<ResolvedCandidate, 'provider'>): boolean {
  return provider.component !== 'stt' && provider.component !== 'gateway';
}

/** It has the session, or the audio, when its socket is gone. */
function keeps({ keepsAudio, takesOver, keepsSessionForMs }: ProviderTraits): boolean {
  return keepsAudio === true || takesOver === true || (keepsSessionForMs ?? 0) > 0;
}
