/** What options of the command line may hold; each throws InvalidArgumentError, which says what to give. */
import { InvalidArgumentError } from 'commander';

import { address, listOf, origin } from './serve/config-fields.ts';

const ADDRESSES = listOf(address(['wss:', 'ws:'], ''), '')
  .min(1)
  .max(16);

const DAY_S = 86_400;

/** An option that takes a list is given once: of two the first would be forgotten. */
export function listOnce(text: string, before: string | undefined): string {
  if (before === undefined) return text;
  throw new InvalidArgumentError(`Give it once, with commas between names: ${before},${text}.`);
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== '') return value;
  throw new InvalidArgumentError(`Give a whole number, 0 to ${Number.MAX_SAFE_INTEGER}.`);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('Give a number above 0, at most 100.');
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535 && text.trim() !== '') return value;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

export function notEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Give a key, or leave the option out.');
}

export function secondsAsMs(text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= DAY_S) return Math.round(value * 1_000);
  throw new InvalidArgumentError('Give a number of seconds, 1 to 86400.');
}

export function drainAsMs(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 600) return Math.round(value * 1_000);
  throw new InvalidArgumentError('Give a number of seconds, 0 to 600.');
}

/** Of other gateways. */
export function addressesOf(text: string): readonly string[] {
  const addresses = text.split(',').map((address) => address.trim());
  const isFine = ADDRESSES.safeParse(addresses).success;
  if (isFine) return addresses;
  throw new InvalidArgumentError(
    'Give 1 to 16 addresses such as wss://gw7.eu.example, without a user or a password.',
  );
}

/** @returns origins of web pages, as browsers send them. */
export function originsOf(text: string): readonly string[] {
  const origins = text.split(',').map((one) => one.trim());
  const strange = origins.find((one) => !origin().safeParse(one).success);
  if (strange === undefined) return origins;
  throw new InvalidArgumentError(
    `"${strange}" is no origin: give it as browsers send it, such as https://app.example or http://127.0.0.1:8080.`,
  );
}
