/** What only some sessions need: a page names it, or a provider brings it, and its bundler leaves out the rest. */
export type PartName = 'failover' | 'conversation' | 'rates' | 'rehearsal' | 'keeping';

export interface Part {
  readonly name: PartName;
}
