/** A request as Node hands it to a server, as far as the stand-ins read it. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { DialRequest } from '../../ports/socket.ts';

export function requestFor(
  method: string,
  url: URL,
  { headers = {}, protocols = [] }: Pick<DialRequest, 'headers' | 'protocols'>,
  body: string | Uint8Array = '',
): IncomingMessage {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const offered = protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {};
  const request = {
    method,
    url: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...(Object.fromEntries(named) as object), ...offered },
    async *[Symbol.asyncIterator]() {
      yield await Promise.resolve(Buffer.from(body as string));
    },
  };
  return request as unknown as IncomingMessage;
}
