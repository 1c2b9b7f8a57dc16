/** `ResumableWebSocket` for browsers, and wherever the platform has a `WebSocket`: sockets by that one. */
import { argumentsOf } from './arguments.ts';
import type { OptionsWithProtocols } from './arguments.ts';
import type { ResumableWebSocketOptions } from './options.ts';
import { defineReadyStates } from './ready-states.ts';
import { ResumableSocket } from './resumable-socket.ts';
import type { ProtocolsProvider, UrlProvider } from './resumable-socket.ts';
import { browserWebSocketTransport } from '../transports/websocket.browser.ts';

export class ResumableWebSocket extends ResumableSocket {
  /**
   * @param protocols subprotocols to be offered; or, as `ws` and Node take them, the options.
   * @throws TypeError without an address
   * @throws DOMException SyntaxError for an address or a subprotocol that is none
   * @throws TenutoError OPTION_INVALID
   */
  constructor(
    url: UrlProvider,
    protocols?: ProtocolsProvider | OptionsWithProtocols,
    options?: ResumableWebSocketOptions,
  ) {
    const given = argumentsOf(protocols, options);
    super(browserWebSocketTransport, url, given.protocols, given.options);
  }

  /** A class of its own with these options, for libraries that take a `WebSocket` class and give it options of theirs. */
  static with(preset: ResumableWebSocketOptions): typeof ResumableWebSocket {
    const Preset = class extends ResumableWebSocket {
      constructor(
        url: UrlProvider,
        protocols?: ProtocolsProvider | OptionsWithProtocols,
        options?: ResumableWebSocketOptions,
      ) {
        const given = argumentsOf(protocols, options);
        super(url, given.protocols, { ...preset, ...given.options });
      }
    };
    defineReadyStates(Preset);
    return Preset;
  }
}

defineReadyStates(ResumableWebSocket); // after the class: phones' bundlers know no static blocks
