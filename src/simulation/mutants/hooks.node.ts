/** Writes a mutant into the modules that it changes, while they are loaded: in the thread that Node runs such hooks in. */
import type { InitializeHook, LoadHook } from 'node:module';

import { mutantNamed } from './catalogue.ts';
import { edited } from './edits.ts';
import type { MutantEdit } from './mutant.types.ts';

/** From this file, once it is compiled. */
const COMPILED = new URL('../../../', import.meta.url);

/** By the addresses of their modules. */
const edits = new Map<string, MutantEdit[]>();

/** @throws Error for a mutant that there is not. */
export const initialize: InitializeHook<{ readonly name: string }> = ({ name }) => {
  for (const edit of mutantNamed(name).edits) {
    const { href } = new URL(edit.file.replace(/\.ts$/, '.js'), COMPILED);
    edits.set(href, [...(edits.get(href) ?? []), edit]);
  }
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const ours = edits.get(url);
  if (ours === undefined) return loaded;
  const { source } = loaded;
  const code = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return { ...loaded, source: edited(code, ours) };
};
