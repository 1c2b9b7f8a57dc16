/** Kinds of settings. What is wrong with one is said in its words: what to give. */
import { z } from 'zod';

/** Names of variables, as shells write them: a secret itself most likely does not look like one. */
const VARIABLE = /^[A-Z][A-Z0-9_]{0,127}$/;
const ORIGIN = /^https?:\/\/[^/?#@\s]+$/;

/** Settings by name, and no others. What is known is in the message: who reads it knows what comes near. */
export function settings<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'give settings by their names',
  });
}

export function whole(least: number, most: number, unit = ''): z.ZodInt {
  const error = `give ${grouped(least)} to ${grouped(most)}${unit === '' ? '' : ` ${unit}`}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function ratio(most: number): z.ZodNumber {
  const error = `give a number above 0, at most ${most}`;
  return z.number({ error }).gt(0, { error }).max(most, { error });
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `give ${listed(names)}` });
}

export function text(what: string): z.ZodString {
  const error = `give ${what}`;
  return z.string({ error }).min(1, { error }).max(1_024, { error });
}

export function yesOrNo(): z.ZodBoolean {
  return z.boolean({ error: 'give true or false' });
}

/** Never the secret, but where it is. */
export function variableName(): z.ZodString {
  const error =
    'give the name of an environment variable, such as GATEWAY_SECRET, and never what it holds';
  return z.string({ error }).regex(VARIABLE, { error });
}

/** @param schemes with their colon, such as `wss:`. */
export function address(schemes: readonly string[], example: string): z.ZodString {
  const error = `give an address without a user or a password, such as ${example}`;
  const isAddress = (value: string): boolean => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);
    return schemes.includes(protocol) && username === '' && password === '';
  };
  return z.string({ error }).max(2_048, { error }).refine(isAddress, { error });
}

/** As browsers send it: scheme, host and port, compared letter by letter. */
export function origin(): z.ZodString {
  const error = 'give an origin as browsers send it, such as https://app.example';
  return z
    .string({ error })
    .regex(ORIGIN, { error })
    .refine((value) => URL.canParse(value) && new URL(value).origin === value, { error });
}

export function listOf<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  const error = `give a list of ${what}`;
  return z.array(item, { error });
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
