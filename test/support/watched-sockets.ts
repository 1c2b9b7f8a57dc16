/** Real sockets, and a note of what becomes of each. */
import type { Socket, SocketHandlers, Transport } from '../../src/ports/socket.ts';

export interface SocketFact {
  /** `audio`: the first that it was sent. `gone`: it ended, or was let go. */
  readonly what: 'dialled' | 'opened' | 'audio' | 'gone';
  /** Counted from 1 in the order of the dials, over all that share the notes. */
  readonly socket: number;
  readonly service: string;
}

/** @param notes takes the facts, between those of others. */
export function watchedTransport(
  transport: Transport,
  service: string,
  notes: { what: string }[],
): Transport {
  return {
    dial(request, handlers) {
      const socket = notes.filter(({ what }) => what === 'dialled').length + 1;
      const noted = new Set<SocketFact['what']>();
      const note = (what: SocketFact['what']): void => {
        if (noted.has(what)) return;
        noted.add(what);
        notes.push({ what, socket, service } as SocketFact);
      };
      note('dialled');
      return watch(transport.dial(request, listening(handlers, note)), note);
    },
  };
}

type Note = (what: SocketFact['what']) => void;

function listening(handlers: SocketHandlers, note: Note): SocketHandlers {
  return {
    onOpen: () => {
      note('opened');
      handlers.onOpen();
    },
    onFrame: (frame) => {
      handlers.onFrame(frame);
    },
    onPong: () => {
      handlers.onPong();
    },
    onDrain: () => {
      handlers.onDrain();
    },
    onEnd: (end) => {
      note('gone');
      handlers.onEnd(end);
    },
  };
}

function watch(socket: Socket, note: Note): Socket {
  return {
    send: (frame) => {
      if (typeof frame !== 'string') note('audio');
      socket.send(frame);
    },
    ping: () => socket.ping(),
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
    close: (code, reason) => {
      socket.close(code, reason);
    },
    terminate: () => {
      note('gone');
      socket.terminate();
    },
  };
}
