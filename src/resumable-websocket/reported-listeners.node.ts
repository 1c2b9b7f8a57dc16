/** Listeners on Node, whose `EventTarget` makes an exception of theirs an uncaught one: it would end the process and its sockets. */
import { listenerThrew } from '../ports/listening.ts';

type Reported = (this: unknown, event: Event) => void;

/** One for each, so that a listener can be taken off, and is not heard twice. */
const REPORTED = new WeakMap<object, Reported>();

/** The same listener, whose exceptions are reported as those of a session's listeners are. */
export function reported(listener: unknown): unknown {
  if (Object(listener) !== listener) return listener;
  const given = listener as object;
  const known = REPORTED.get(given) ?? reporting(given);
  REPORTED.set(given, known);
  return known;
}

function reporting(listener: object): Reported {
  return function (event) {
    try {
      if (typeof listener === 'function') listener.call(this, event);
      else (listener as EventListenerObject).handleEvent(event);
    } catch (error) {
      listenerThrew(event.type, error);
    }
  };
}
