/** The services that tenuto speaks to, each as facts. */
export { deepgramListen } from './deepgram-listen/deepgram-listen.ts';
export type { DeepgramListenOptions } from './deepgram-listen/deepgram-listen.ts';
export type {
  Component,
  Credential,
  CredentialReason,
  Faculty,
  Provider,
  ProviderEvent,
  ProviderStream,
  ProviderTraits,
  ProviderWord,
} from './contract.ts';
