/** `onopen` and its kind: event handler IDL attributes, by the HTML Standard (section 8.1.8.1). */

export type Handler<E extends Event> = ((event: E) => unknown) | null;

interface Attribute {
  handler: (event: never) => unknown;
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

  /** What is no function is null. */
  set(type: string, given: unknown): void {
    const attribute = this.#attributes.get(type);
    if (typeof given !== 'function') {
      if (attribute !== undefined) this.#target.removeEventListener(type, attribute.listener);
      this.#attributes.delete(type);
      return;
    }
    const handler = given as Attribute['handler'];
    if (attribute !== undefined) {
      attribute.handler = handler;
      return;
    }
    const listener = (event: Event): void => {
      this.#attributes.get(type)?.handler.call(this.#target, event as never);
    };
    this.#attributes.set(type, { handler, listener });
    this.#target.addEventListener(type, listener);
  }
}
