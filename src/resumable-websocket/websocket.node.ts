/** `ResumableWebSocket` for Node: sockets by `ws`. */
import { argumentsOf } from './arguments.ts';
import type { OptionsWithProtocols } from './arguments.ts';
import type { ResumableWebSocketOptions } from './options.ts';
import { defineReadyStates } from './ready-states.ts';
import { reported } from './reported-listeners.node.ts';
import { ResumableSocket } from './resumable-socket.ts';
import type { ProtocolsProvider, UrlProvider } from './resumable-socket.ts';
import { nodeWebSocketTransport } from '../transports/websocket.node.ts';

export class ResumableWebSocket extends ResumableSocket {
  static {
    defineReadyStates(this);
  }

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
    super(nodeWebSocketTransport, url, given.protocols, given.options, reported);
  }

  /** A class of its own with these options, for libraries that take a `WebSocket` class and give it options of theirs. */
  static with(preset: ResumableWebSocketOptions): typeof ResumableWebSocket {
    return class extends ResumableWebSocket {
      static {
        defineReadyStates(this);
      }

      constructor(
        url: UrlProvider,
        protocols?: ProtocolsProvider | OptionsWithProtocols,
        options?: ResumableWebSocketOptions,
      ) {
        const given = argumentsOf(protocols, options);
        super(url, given.protocols, { ...preset, ...given.options });
      }
    };
  }
}
