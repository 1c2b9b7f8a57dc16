/** `VoiceClient` for browsers: the platform's sockets, its microphone and its recorder. */
import type { VoiceClientOptions } from './client-options.ts';
import type { ClientToken, VoiceClientPlatform } from './client.types.ts';
import { VoiceClientCore } from './voice-client.ts';
import type { MicrophoneOptions } from '../capture/microphone-options.browser.ts';
import { Microphone } from '../capture/microphone.browser.ts';
import { Recorder } from '../capture/recorder.browser.ts';
import { NetworkMonitor } from '../network/monitor.ts';
import { browserNetworkSignals } from '../network/signals.browser.ts';
import { checkGiven, invalid } from '../ports/option-errors.ts';
import { ResumableWebSocket } from '../resumable-websocket/websocket.browser.ts';
import { Session } from '../session/session.ts';
import { browserWebSocketTransport } from '../transports/websocket.browser.ts';

export interface BrowserVoiceClientOptions extends VoiceClientOptions {
  /** Of the browser's microphone: `chunkMs`, `deviceId`, `constraints`, `workletUrl` and the rest. */
  readonly microphone?: Omit<MicrophoneOptions, 'sampleRateHz' | 'clock'>;
}

export class VoiceClient extends VoiceClientCore {
  constructor(url: string, token: ClientToken = '', given: BrowserVoiceClientOptions = {}) {
    checkGiven('VoiceClient', given);
    const { microphone = {}, ...options } = given;
    if (options.capture !== undefined && Object.keys(microphone).length > 0) throw two();
    const network = new NetworkMonitor({ signals: browserNetworkSignals() });
    super(platformOf(microphone, options), url, token, { network, ...options });
  }
}

function platformOf(
  microphone: Omit<MicrophoneOptions, 'sampleRateHz' | 'clock'>,
  { clock }: VoiceClientOptions,
): VoiceClientPlatform {
  const timing = clock === undefined ? {} : { clock };
  return {
    createSession: (options) => new Session({ transport: browserWebSocketTransport, ...options }),
    createMicrophone: ({ sampleRateHz }) =>
      new Microphone({ ...microphone, sampleRateHz, ...timing }),
    createRecorder: (mimeType) => new Recorder({ ...microphone, mimeType, ...timing }),
    openMessages: (url, options) => new ResumableWebSocket(url, [], options),
  };
}

function two(): Error {
  return invalid('Both capture and microphone are given.', 'Give the one that is to be heard.');
}
