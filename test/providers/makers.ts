/** Every provider that there is, each made with a key and with whatever else is given. */
import * as providers from '../../src/providers/index.ts';
import type { Http } from '../../src/ports/http.ts';

export const http: Http = { send: () => ({ cancel: () => undefined }) };

const key = { apiKey: 'local' };

/** A model of language dials nothing by itself. */
export const PROVIDERS = [
  ['deepgramFlux', (more: object) => providers.deepgramFlux({ ...key, ...more })],
  ['deepgramListen', (more: object) => providers.deepgramListen({ ...key, ...more })],
  ['deepgramSpeak', (more: object) => providers.deepgramSpeak({ ...key, ...more })],
  ['deepgramSpeakHttp', (more: object) => providers.deepgramSpeakHttp({ ...key, ...more })],
  ['geminiLive', (more: object) => providers.geminiLive({ ...key, ...more })],
  ['openaiRealtime', (more: object) => providers.openaiRealtime({ ...key, ...more })],
  ['whisper', (more: object) => providers.whisper({ ...key, ...more })],
] as const;

export const MAKERS: readonly (readonly [string, (more: object) => unknown])[] = [
  ...PROVIDERS,
  ['geminiLlm', (more) => providers.geminiLlm({ ...key, http, ...more })],
];
