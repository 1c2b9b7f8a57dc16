/**
 * `ResumableWebSocket` as React Native has it. Its types name no class of a browser's, since neither React Native's types
 * nor an application's need have any.
 */
import type { CloseFacts, LossFacts, ReconnectingFacts } from './events.types.ts';
import type { ResumableWebSocketOptions } from './options.ts';
import type { ReadyState } from './ready-states.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { TenutoError } from '../ports/errors.ts';

/** What every event has. */
export interface NativeEvent<Type extends string> {
  readonly type: Type;
}

export interface NativeEventMap {
  open: NativeEvent<'open'>;
  message: NativeEvent<'message'> & { readonly data: string | ArrayBuffer };
  error: NativeEvent<'error'> & { readonly error: TenutoError; readonly message: string };
  close: NativeEvent<'close'> & CloseFacts;
  warning: NativeEvent<'warning'> & { readonly error: TenutoError };
  loss: NativeEvent<'loss'> & Omit<LossFacts, 'index'> & { readonly index: number | null };
  reconnecting: NativeEvent<'reconnecting'> & ReconnectingFacts;
  reconnected: NativeEvent<'reconnected'> & { readonly isResumed: boolean };
  statuschange: NativeEvent<'statuschange'> & {
    readonly current: ConnectionStatus;
    readonly previous: ConnectionStatus;
  };
}

/** An address, or a function that is asked for one before each dial. */
export type NativeUrlProvider = string | (() => string | Promise<string>);

type Protocols = string | readonly string[] | null | undefined;
/** Subprotocols, or a function that is asked for them before each dial. */
export type NativeProtocolsProvider = Protocols | (() => Protocols | Promise<Protocols>);

type NativeHandler<Event> = ((event: Event) => unknown) | null;

export interface NativeResumableWebSocket {
  readonly url: string;
  readonly readyState: ReadyState;
  /** As a session's: what the connection is about. */
  readonly status: ConnectionStatus;
  /** Bytes of messages that are not acknowledged by a gateway, or not given on by a plain socket. */
  readonly bufferedAmount: number;
  readonly protocol: string;
  readonly extensions: string;
  /** What binary messages come as. React Native makes no Blob of bytes. */
  readonly binaryType: 'arraybuffer' | 'blob';
  /** Redials in a row; 0 again when a connection has stood for `minUptime`. */
  readonly retryCount: number;
  readonly shouldReconnect: boolean;
  onopen: NativeHandler<NativeEventMap['open']>;
  onmessage: NativeHandler<NativeEventMap['message']>;
  onerror: NativeHandler<NativeEventMap['error']>;
  onclose: NativeHandler<NativeEventMap['close']>;
  hasRoomFor(messages: number, bytes: number): boolean;
  /** As `ResumableWebSocket.send`: false where it was not taken. */
  send(data: string | ArrayBuffer | ArrayBufferView): boolean;
  close(code?: number, reason?: string): void;
  reconnect(code?: number, reason?: string): void;
  addEventListener<Type extends keyof NativeEventMap>(
    type: Type,
    listener: (event: NativeEventMap[Type]) => unknown,
  ): void;
  removeEventListener<Type extends keyof NativeEventMap>(
    type: Type,
    listener: (event: NativeEventMap[Type]) => unknown,
  ): void;
}

export interface NativeResumableWebSocketClass {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** @throws TypeError, `SyntaxError` or TenutoError OPTION_INVALID, as the class of other platforms. */
  new (
    url: NativeUrlProvider,
    protocols?: NativeProtocolsProvider,
    options?: ResumableWebSocketOptions,
  ): NativeResumableWebSocket;
}
