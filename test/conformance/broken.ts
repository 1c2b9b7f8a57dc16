/** A bug put into a sound adapter, and what the suite says of it. */
import type { Provider, ProviderStream } from '../../src/providers/contract.ts';
import type { ConformanceCase } from '../../src/testing/conformance/provider-conformance.ts';

/** A stream may be an object of a class: what is not spoiled is asked of it. */
export function inStream(spoil: (sound: ProviderStream) => Partial<ProviderStream>) {
  return (sound: Provider): Partial<Provider> => ({
    openStream: (format, memory) => {
      const stream = sound.openStream(format, memory);
      const spoilt = Object.create(stream) as ProviderStream;
      return new Proxy(Object.assign(spoilt, spoil(stream)), {
        get: (target, name) => {
          const own: unknown = Object.hasOwn(target, name)
            ? Reflect.get(target, name)
            : Reflect.get(stream, name);
          return typeof own === 'function' && !Object.hasOwn(target, name)
            ? (own.bind(stream) as unknown)
            : own;
        },
      });
    },
  });
}

/** What the first case that fails says; `every case passed` where none does. */
export async function firstFailure(cases: readonly ConformanceCase[]): Promise<string> {
  for (const { run } of cases) {
    try {
      await run();
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'every case passed';
}
