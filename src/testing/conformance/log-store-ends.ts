/** What is promised of the end: everything accepted is answered, and nothing is taken afterwards. */
import { appendAll, bytesOf, MEND_STORE, readAll, told } from './log-store-script.ts';
import type { StoreBench, StoreCases } from './log-store-script.ts';
import { mismatch } from './waiting.ts';
import { TenutoError } from '../../ports/errors.ts';

export const endCases: StoreCases = [
  ['When it is closed, every append is answered.', answersAll],
  ['Closed, it takes nothing and says so; to close it again is nothing.', takesNothing],
];

async function answersAll({ store }: StoreBench): Promise<void> {
  const appends = Array.from({ length: 20 }, (_, at) =>
    store.append(`s${at}`, bytesOf('one'), { after: 0, id: 'one' }),
  );
  const closing = store.close();
  for (const outcome of await Promise.all(appends)) {
    if (outcome.kind === 'conflict') {
      throw mismatch(`the first append to a log was answered ${told(outcome)}`, MEND_STORE);
    }
  }
  await closing;
}

async function takesNothing({ store }: StoreBench): Promise<void> {
  const [after = 0] = await appendAll(store, 'sid', ['one']);
  await store.close();
  await store.close();
  const outcome = await store.append('sid', bytesOf('two'), { after, id: 'two' });
  if (outcome.kind !== 'unavailable') {
    throw mismatch(`an append to a closed store was answered ${told(outcome)}`, MEND_STORE);
  }
  const asked: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['tail', () => store.tail('sid')],
    ['read', () => readAll(store, 'sid')],
    ['purge', () => store.purge('sid', after)],
    ['drop', () => store.drop('sid')],
  ];
  for (const [name, ask] of asked) {
    const error = await ask().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!TenutoError.is(error) || error.code !== 'STORE_UNAVAILABLE') {
      throw mismatch(`${name} of a closed store did not reject with STORE_UNAVAILABLE`, MEND_STORE);
    }
  }
}
