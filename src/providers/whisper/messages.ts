/**
 * The frames of the socket that is made of posts: JSON, as a service would send it. Positions are samples since the first
 * that was sent on this socket.
 */
export const FLUSH = '{"type":"flush"}';
export const GOODBYE = '{"type":"goodbye"}';

interface Clip {
  /** Up to `from` it was silence. */
  readonly lead: number;
  readonly from: number;
  readonly to: number;
  /** It is the last that was sent before a flush. */
  readonly flush: boolean;
}

export type SocketMessage =
  | { readonly type: 'speech'; readonly at: number }
  | { readonly type: 'listening'; readonly from: number; readonly to: number }
  | {
      readonly type: 'silence';
      readonly from: number;
      readonly to: number;
      readonly flush: boolean;
    }
  /** What the service answered to a clip. */
  | (Clip & {
      readonly type: 'answer';
      readonly voicedMs: number;
      readonly pause: boolean;
      readonly body: string;
    })
  /** It was not posted. */
  | (Clip & { readonly type: 'tooQuiet'; readonly pause: boolean })
  /** The service will not have this clip. */
  | (Clip & { readonly type: 'refused'; readonly status: number; readonly body: string })
  | { readonly type: 'flushed'; readonly at: number }
  | { readonly type: 'finished'; readonly samples: number };

export function frameOf(message: SocketMessage): string {
  return JSON.stringify(message);
}
