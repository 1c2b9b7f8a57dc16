/** `onopen` and its kind: event handler IDL attributes, by the HTML Standard (section 8.1.8.1). */

export type Handler<E extends Event> = ((event: E) => unknown) | null;

interface Attribute {
  handler: object;
  readonly listener: (event: Event) => void;
}

/** A handler keeps the place that it had in the order of listeners when it is replaced, and loses it when it is taken away. */
export class HandlerAttributes {
  readonly #target: EventTarget;
  readonly #attributes = new Map<string, Attribute>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get<E extends Event>(type: string): Handler<E> {
    return (this.#attributes.get(type)?.handler ?? null) as Handler<E>;
  }

  /** What is no object is null; an object that is no function is kept, and not called. */
  set(type: string, given: unknown): void {
    const attribute = this.#attributes.get(type);
    if (!isObject(given)) {
      if (attribute !== undefined) this.#target.removeEventListener(type, attribute.listener);
      this.#attributes.delete(type);
      return;
    }
    if (attribute !== undefined) {
      attribute.handler = given;
      return;
    }
    const listener = (event: Event): void => {
      const handler = this.#attributes.get(type)?.handler;
      if (typeof handler === 'function') handler.call(this.#target, event);
    };
    this.#attributes.set(type, { handler: given, listener });
    this.#target.addEventListener(type, listener);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
