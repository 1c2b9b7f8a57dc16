/**
 * WebSocket in React Native, by the platform's own. It takes headers as its third argument, which browsers have not, and
 * like theirs it says nothing of pongs and hides an upgrade's status.
 */
import { httpOver } from './http.ts';
import { PlatformSocket, platformsOwn } from './websocket.browser.ts';
import type { WebSocketClass } from './websocket.browser.ts';
import type { Transport } from '../ports/socket.ts';

/** React Native's class: the standard's, with options. */
type ReactNativeWebSocketClass = new (
  url: string,
  protocols: string[] | undefined,
  options: { readonly headers: Readonly<Record<string, string>> },
) => InstanceType<WebSocketClass>;

/** The platform's sockets, and its requests by `fetch`, which follows redirects and gives a body when it is whole. */
export const reactNativeWebSocketTransport: Required<Transport> = {
  dial: ({ headers = {}, ...request }, handlers) =>
    new PlatformSocket(request, handlers, sending(headers, platformsOwn())),
  http: httpOver((...request) => globalThis.fetch(...request)),
};

/** A class that brings these headers along; without any, the platform's own. */
function sending(
  headers: Readonly<Record<string, string>>,
  WebSocket: WebSocketClass,
): WebSocketClass {
  if (Object.keys(headers).length === 0) return WebSocket;
  const Own = WebSocket as unknown as ReactNativeWebSocketClass;
  // A constructor that returns an object makes that object: nobody needs a class of their own.
  return function (url: string, protocols?: string[]) {
    return new Own(url, protocols, { headers });
  } as unknown as WebSocketClass;
}
