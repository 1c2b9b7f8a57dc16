/** All that can go wrong in a world of gateways, by name. */
import { ANSWERS } from './answers.ts';
import { FRAMES } from './frames.ts';
import type { Nemesis } from './nemesis.types.ts';
import { PROCESSES } from './processes.ts';
import { SERVICES } from './services.ts';
import { TRANSPORT } from './transport.ts';

export const NEMESES: Readonly<Record<string, Nemesis>> = {
  ...TRANSPORT,
  ...FRAMES,
  ...ANSWERS,
  ...PROCESSES,
  ...SERVICES,
};
