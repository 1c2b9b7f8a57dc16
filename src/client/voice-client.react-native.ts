/** `VoiceClient` for React Native: the platform's sockets; what captures is the app's, and is passed in as `capture`. */
import type { VoiceClientOptions } from './client-options.ts';
import type { ClientToken, VoiceClientPlatform } from './client.types.ts';
import { VoiceClientCore } from './voice-client.ts';
import { ResumableWebSocket } from '../resumable-websocket/websocket.react-native.ts';
import { openSession } from '../session/whole-session.ts';
import { reactNativeWebSocketTransport } from '../transports/websocket.react-native.ts';

const PLATFORM: VoiceClientPlatform = {
  createSession: (options) => openSession({ transport: reactNativeWebSocketTransport, ...options }),
  openMessages: (url, options) => new ResumableWebSocket(url, [], options),
};

/** As in a browser, but for the microphone: `capture` gives it, and `network` a monitor over `reactNativeNetworkSignals`. */
export class VoiceClient extends VoiceClientCore {
  constructor(url: string, token: ClientToken = '', options: VoiceClientOptions = {}) {
    super(PLATFORM, url, token, options);
  }
}
