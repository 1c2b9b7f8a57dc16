/** `ResumableWebSocket` for React Native: sockets by the platform, which makes no Blob of what comes. */
import type { NativeResumableWebSocketClass } from './native.types.ts';
import type { ResumableWebSocketOptions } from './options.ts';
import { defineReadyStates } from './ready-states.ts';
import { ResumableSocket } from './resumable-socket.ts';
import type { ProtocolsProvider, UrlProvider } from './resumable-socket.ts';
import { reactNativeWebSocketTransport } from '../transports/websocket.react-native.ts';

class PhoneWebSocket extends ResumableSocket {
  constructor(
    url: UrlProvider,
    protocols?: ProtocolsProvider,
    options: ResumableWebSocketOptions = {},
  ) {
    super(reactNativeWebSocketTransport, url, protocols, options);
    this.binaryType = 'arraybuffer';
  }
}

defineReadyStates(PhoneWebSocket); // after the class: phones' bundlers know no static blocks

export const ResumableWebSocket = PhoneWebSocket as unknown as NativeResumableWebSocketClass;
