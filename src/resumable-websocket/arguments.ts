/** The arguments of a `WebSocket` constructor, as the standard, `ws`, Node and the reconnecting ones have them. */
import type { ResumableWebSocketOptions } from './options.ts';
import type { ProtocolsProvider } from './resumable-socket.ts';

/** Options may stand in the place of the subprotocols, and have these among them, as Node's own `WebSocket` takes them. */
export interface OptionsWithProtocols extends ResumableWebSocketOptions {
  readonly protocols?: ProtocolsProvider;
}

export interface SocketArguments {
  readonly protocols: ProtocolsProvider;
  readonly options: ResumableWebSocketOptions;
}

/** What is no object in the place of the options is passed over, as a stray argument is. */
export function argumentsOf(
  given: ProtocolsProvider | OptionsWithProtocols,
  options: unknown,
): SocketArguments {
  const rest = isObject(options) ? options : {};
  if (!isOptions(given)) return { protocols: given, options: rest };
  const { protocols, ...inPlace } = given;
  return { protocols, options: { ...inPlace, ...rest } };
}

function isOptions(given: ProtocolsProvider | OptionsWithProtocols): given is OptionsWithProtocols {
  return isObject(given) && !(Symbol.iterator in given);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
