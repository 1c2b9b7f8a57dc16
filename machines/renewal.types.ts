/** What the renewal chart is told, what it remembers, and what it orders. */

/** How long the service believes a credential, from the moment at which it said so. */
export interface CredentialTerm {
  readonly endsInMs: number;
}

export type RenewalEvent =
  /** The service has said, again, how long it believes the one that it has. Where that is for good it need not be told. */
  { readonly type: 'credential.accepted' } & CredentialTerm;

export interface RenewalContext {
  /** The next one is asked for so long after the service said when this one ends. */
  readonly dueInMs: number;
}

/** What whoever was asked has answered. The credential itself is no business of the chart's, nor are the words of a refusal. */
export interface CredentialAnswer {
  readonly hasCome: boolean;
}

export type RenewalOrder =
  /** What came is brought to the service, on the link that stands. */
  | { readonly type: 'credential.bring' }
  /** None came, and it is asked for again. The application is told. */
  | { readonly type: 'credential.missed'; readonly why: CredentialMiss };

/** `failed`: whoever was asked had none. `late`: nothing was answered in time. */
export type CredentialMiss = 'failed' | 'late';
