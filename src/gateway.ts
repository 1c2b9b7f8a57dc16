/**
 * tenuto/gateway: the resumable gateway in a program of one's own. It needs Node. `tenuto serve` is made of the same parts;
 * docs/gateway.md tells how they are put together.
 */
import type { DrainOptions, DrainReport } from './gateway/departure.ts';
import { startGateway as start } from './gateway/server.ts';
import type { GatewayServerOptions } from './gateway/server.ts';
import type { Durability } from './ports/log-store.ts';

export interface RunningGateway {
  /** For clients: `ws://127.0.0.1:8765/v1/session`. */
  readonly url: string;
  readonly port: number;
  /** What an acknowledgement survives. */
  readonly durability: Durability;
  /**
   * Sends clients elsewhere, waits for them, and ends. Sessions stay in the log. Of a store that no other gateway can have open
   * meanwhile clients go as soon as it has all that they sent, unless `to` says where: the next process takes them over.
   *
   * @param options a number is `deadlineMs`, 30,000 by default.
   * @throws TenutoError OPTION_INVALID
   */
  drain(options?: number | DrainOptions): Promise<DrainReport>;
  /** Ends at once. Sessions stay in the log. */
  close(): Promise<void>;
  /**
   * Ends all sessions of a subject that live here, or one session wherever it lives: nobody takes them up again. Whether its
   * bearers are still believed is up to `verify`.
   *
   * @returns how many there were.
   */
  logout(who: { readonly subject: string } | { readonly sessionId: string }): Promise<number>;
}

/** @throws TenutoError PORT_IN_USE, OPTION_INVALID. */
export async function startGateway(options: GatewayServerOptions): Promise<RunningGateway> {
  const server = await start(options);
  return {
    url: server.url,
    port: server.port,
    durability: server.gateway.durability,
    drain: (options) => server.drain(options),
    close: () => server.close(),
    logout: (who) => server.gateway.logout(who),
  };
}

export type { GatewayServerOptions };
export type { DrainOptions, DrainReport } from './gateway/departure.ts';
export type { GatewayOptions } from './gateway/gateway.types.ts';
export type * from './gateway/admission/limits.ts';
export type * from './gateway/app.ts';
export type { AppErrorPlace, OnAppError } from './gateway/app-error.ts';
export { createEchoApp } from './gateway/apps/echo.ts';
export type { AuditEvent, AuditType, OnAudit } from './gateway/audit.ts';
export type { ChartStep, OnStep } from './gateway/chart-step.ts';
export type { JwksSource } from './gateway/auth/jwks.node.ts';
export { createJwtVerifier } from './gateway/auth/jwt-verifier.node.ts';
export type { JwtAlgorithm, JwtVerifierOptions } from './gateway/auth/jwt-verifier.node.ts';
export type * from './gateway/auth/principal.ts';
export type { AudioStage, CreateAudioStage } from './gateway/pipeline/audio-stage.ts';
export { createSpeechApp } from './gateway/pipeline/speech-app.ts';
export type { SpeechAppOptions } from './gateway/pipeline/speech-app.ts';
export { openFileStore } from './gateway/stores/file-store.ts';
export type { FileStoreOptions } from './gateway/stores/file-store.ts';
export { createMemoryStore } from './gateway/stores/memory-store.ts';
export type { GapCause, HelloFrame } from './protocol/types.ts';
export type * from './ports/log-store.ts';
export type { Secrets } from './ports/secrets.ts';
export { TenutoError } from './ports/errors.ts';
