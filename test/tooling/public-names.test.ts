/** A user can name whatever tenuto hands out or asks for. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { buildIfStale } from '../../scripts/build.mjs';
import { type PlantedTree, plantTree, projectRoot } from './planted-tree.ts';
import { publicDeclarations, unnamedTypes } from './public-names.ts';

/** What `tenuto/testing` hands out, or is made of, without a name of its own. A type that gets one leaves this list. */
const WITHOUT_NAMES = {
  FakeActor: 'ActorWorld',
  FaultTarget: 'MemoryTransport',
  MemoryNetwork: 'MemorySocket',
  SentLog: 'MemorySocket',
  Situation: 'ModelPath, ModelStep',
};

describe('the types in public signatures', () => {
  let tree: PlantedTree | undefined;
  afterEach(() => tree?.remove());

  it('can be imported from an entry, each of them', { timeout: 120_000 }, () => {
    buildIfStale();
    const entries = publicDeclarations(projectRoot);

    const unnamed = unnamedTypes(entries, join(projectRoot, 'dist/'));

    expect(entries.length).toBeGreaterThan(4);
    expect(unnamed).toEqual(WITHOUT_NAMES);
  });

  it('are found by name where they cannot', () => {
    tree = plantTree({
      'dist/index.d.ts': [
        "import type { Taken } from './types.ts';",
        "export type { Shown } from './types.ts';",
        'export declare function take<T>(it: Taken, more: T): void;',
        "export declare const made: import('./types.ts').Made<string>;",
        "export declare class Own implements Pick<import('./types.ts').Other, 'y'> { y: string; }",
      ].join('\n'),
      'dist/types.d.ts': [
        'interface Local { readonly deep: Deep }',
        'export interface Deep { readonly x: number }',
        'export interface Shown { readonly local: Local }',
        'export interface Taken { readonly shown: Shown }',
        'export type Made<T> = { readonly made: T };',
        'export interface Other { readonly y: string }',
        'export interface Unused { readonly z: string }',
        'export {};',
      ].join('\n'),
    });

    const unnamed = unnamedTypes([join(tree.root, 'dist/index.d.ts')], tree.root);

    expect(unnamed).toEqual({ Deep: 'Shown', Made: 'made', Other: 'Own', Taken: 'take' });
  });
});
