/** What a breaker is kept for. `keyId` names a credential and must not be one: keys stand in inspectors. */
export interface CandidateKey {
  readonly provider: string;
  readonly region: string;
  readonly keyId: string;
}

export function candidateKey({ provider, region, keyId }: CandidateKey): string {
  return JSON.stringify([provider, region, keyId]);
}
