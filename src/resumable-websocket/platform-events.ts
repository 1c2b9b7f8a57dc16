/** What the standard has a WebSocket give and throw, also where the platform has no such class: React Native. */

export function messageEvent(data: unknown, origin: string): MessageEvent {
  const { MessageEvent: Platforms } = globalThis as { MessageEvent?: typeof MessageEvent };
  if (Platforms !== undefined) return new Platforms('message', { data, origin });
  const facts = { data, origin, lastEventId: '', source: null, ports: [] };
  return Object.assign(new Event('message'), facts) as unknown as MessageEvent;
}

/** @param name such as `SyntaxError`, by which who catches it tells it from others. */
export function domException(message: string, name: string): DOMException {
  const { DOMException: Platforms } = globalThis as { DOMException?: typeof DOMException };
  if (Platforms !== undefined) return new Platforms(message, name);
  return Object.assign(new Error(message), { name, code: 0 }) as unknown as DOMException;
}
