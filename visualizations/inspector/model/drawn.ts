/** Each machine is laid out once, however many actors run it. */
import { machineOf } from '../../../src/charts/definition.ts';
import type { Elk } from '../../../src/charts/elk.ts';
import { layoutOf } from '../../../src/charts/layout.ts';
import type { Layout } from '../../../src/charts/layout.ts';
import { chartModel } from '../../../src/charts/model.ts';
import type { ChartModel } from '../../../src/charts/model.ts';
import { pictureOf } from '../../../src/charts/picture.ts';

export interface Drawn {
  /** Tells it apart from other machines of the page. */
  readonly key: string;
  readonly model: ChartModel;
  readonly layout: Layout;
}

export class Drawings {
  readonly #elk: Elk;
  readonly #models = new Map<string, ChartModel | null>();
  readonly #drawn = new Map<string, Promise<Drawn | null>>();

  constructor(elk: Elk) {
    this.#elk = elk;
  }

  /** @returns null of an actor that runs no machine. */
  modelOf(definition: string): ChartModel | null {
    const known = this.#models.get(definition);
    if (known !== undefined) return known;
    const machine = definition === '' ? null : machineOf(definition);
    const model = machine === null ? null : chartModel(machine);
    this.#models.set(definition, model);
    return model;
  }

  /** One at a time: the worker has one thread. */
  drawnOf(definition: string): Promise<Drawn | null> {
    const known = this.#drawn.get(definition);
    if (known !== undefined) return known;
    const model = this.modelOf(definition);
    const key = `c${this.#drawn.size}`;
    const drawn =
      model === null
        ? Promise.resolve(null)
        : layoutOf(pictureOf(model), this.#elk)
            .then((layout) => ({ key, model, layout }))
            .catch(() => null);
    this.#drawn.set(definition, drawn);
    return drawn;
  }
}
