/** All that goes wrong in a world of gateways, by name. */
import { AIMED } from './aimed.ts';
import { ANSWERS } from './answers.ts';
import { FRAMES } from './frames.ts';
import { LIVES } from './lives.ts';
import type { Nemesis } from './nemesis.types.ts';
import { PROCESSES } from './processes.ts';
import { SERVICES } from './services.ts';
import { TRANSPORT } from './transport.ts';

export const NEMESES: Readonly<Record<string, Nemesis>> = {
  ...TRANSPORT,
  ...FRAMES,
  ...ANSWERS,
  ...PROCESSES,
  ...LIVES,
  ...SERVICES,
};

/** With those that no seed draws. */
export const EVERY_NEMESIS: Readonly<Record<string, Nemesis>> = { ...NEMESES, ...AIMED };
